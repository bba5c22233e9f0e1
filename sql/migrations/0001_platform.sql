-- Sign-in (accounts, sessions, tokens, throttling), jobs, blobs, idempotency.

SET LOCAL lock_timeout = '2s';

-- ---------------------------------------------------------------------------------------------------------------------------
-- Accounts, sessions, tokens

CREATE TABLE platform.account (
    tenant_id           uuid        NOT NULL DEFAULT platform.current_tenant(),
    id                  uuid        NOT NULL DEFAULT platform.uuid_v7(),
    login               text        NOT NULL,
    password_hash       text,                 -- Argon2id, PHC string; NULL: no sign-in by password
    person_id           uuid,                 -- refers to organisation.person
    state               text        NOT NULL DEFAULT 'active',
    created_at          timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT account_login_key UNIQUE (tenant_id, login),
    CONSTRAINT account_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT account_login_valid CHECK (login ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    CONSTRAINT account_password_hash_valid CHECK (password_hash ~ '^\$argon2id\$'),
    CONSTRAINT account_state_known CHECK (state IN ('active', 'suspended', 'closed'))
);
CREATE INDEX account_person_idx ON platform.account (tenant_id, person_id);
COMMENT ON TABLE platform.account IS 'Who can sign in. The password hash is read and written by functions only.';
SELECT platform.protect('platform.account', '');
GRANT SELECT (tenant_id, id, login, person_id, state, created_at, password_changed_at),
      INSERT, UPDATE (login, person_id, state) ON platform.account TO vanthu_app;

CREATE TABLE platform.session (
    tenant_id    uuid        NOT NULL DEFAULT platform.current_tenant(),
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    secret_hash  bytea       NOT NULL,        -- sha256 of the cookie's secret, which is stored nowhere
    account_id   uuid        NOT NULL,
    post_id      uuid,                        -- the appointment the person acts in; refers to organisation.post
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    address      text        NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT session_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT session_secret_hash_valid CHECK (octet_length(secret_hash) = 32)
);
CREATE UNIQUE INDEX session_secret_hash_key ON platform.session (secret_hash);
COMMENT ON INDEX platform.session_secret_hash_key IS 'lint-allow tenant-first: looked up before the tenant is known; random, tells nothing.';
CREATE INDEX session_account_idx ON platform.session (tenant_id, account_id);
SELECT platform.protect('platform.session', '');
GRANT SELECT (tenant_id, id, account_id, post_id, created_at, last_seen_at, expires_at, revoked_at, address)
    ON platform.session TO vanthu_app;

CREATE TABLE platform.api_token (
    tenant_id    uuid        NOT NULL DEFAULT platform.current_tenant(),
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    secret_hash  bytea       NOT NULL,
    account_id   uuid        NOT NULL,
    post_id      uuid,
    name         text        NOT NULL,
    scopes       text[]      NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    CONSTRAINT api_token_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_token_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT api_token_secret_hash_valid CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT api_token_name_valid CHECK (name IS NFC NORMALIZED AND char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT api_token_scopes_valid CHECK (cardinality(scopes) BETWEEN 1 AND 50 AND array_position(scopes, NULL) IS NULL)
);
CREATE UNIQUE INDEX api_token_secret_hash_key ON platform.api_token (secret_hash);
COMMENT ON INDEX platform.api_token_secret_hash_key IS 'lint-allow tenant-first: looked up before the tenant is known; random, tells nothing.';
CREATE INDEX api_token_account_idx ON platform.api_token (tenant_id, account_id);
SELECT platform.protect('platform.api_token', '');
GRANT SELECT (tenant_id, id, account_id, post_id, name, scopes, created_at, last_used_at, expires_at, revoked_at),
      INSERT, UPDATE (revoked_at, last_used_at) ON platform.api_token TO vanthu_app;

-- Counts failures of sign-in. The key is a hash, because people type passwords into the field for the login.
CREATE TABLE platform.login_attempt (
    key           bytea       NOT NULL,
    failures      integer     NOT NULL,
    first_at      timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    CONSTRAINT login_attempt_pkey PRIMARY KEY (key),
    CONSTRAINT login_attempt_key_valid CHECK (octet_length(key) = 32)
);
COMMENT ON TABLE platform.login_attempt IS 'Throttling of sign-in by login and by address; asked before the tenant is known.';
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.login_attempt TO vanthu_definer;

-- Counts one attempt under `key` and says how many seconds it has to wait, 0 when it may go on. An attempt counts before its
-- password is looked at, so that a thousand attempts at once are still a thousand; a success takes its count back.
CREATE FUNCTION platform.count_attempt(key bytea, free integer, span interval) RETURNS integer
    LANGUAGE plpgsql
    SET search_path = pg_catalog
AS $$
DECLARE
    wait timestamptz;
BEGIN
    INSERT INTO platform.login_attempt AS known (key, failures, first_at, blocked_until)
    VALUES (count_attempt.key, 1, now(), now())
        ON CONFLICT ON CONSTRAINT login_attempt_pkey DO UPDATE
       SET failures = CASE WHEN known.first_at < now() - span THEN 1 ELSE known.failures + 1 END,
           first_at = CASE WHEN known.first_at < now() - span THEN now() ELSE known.first_at END,
           blocked_until = CASE WHEN known.first_at < now() - span OR known.failures + 1 < free THEN now()
                                ELSE now() + least(interval '15 minutes',
                                                   interval '30 seconds' * power(2, least(known.failures + 1 - free, 10)))
                           END
     WHERE known.blocked_until <= now()
    RETURNING now() INTO wait;
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT known.blocked_until INTO wait FROM platform.login_attempt AS known WHERE known.key = count_attempt.key;
    RETURN greatest(1, ceil(extract(epoch FROM coalesce(wait, now()) - now())))::integer;
END
$$;

-- The first half of signing in: `login` is name@CODE. One row always comes back, also for a login nobody has.
-- Five attempts are free, then each waits twice as long as the one before, up to 15 minutes; 100 failures in a quarter of an hour block an address.
CREATE FUNCTION platform.begin_sign_in(login text, address text)
    RETURNS TABLE (retry_after integer, tenant_id uuid, account_id uuid, person_id uuid, password_hash text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
DECLARE
    typed text := lower(normalize(begin_sign_in.login, NFC));
BEGIN
    retry_after := platform.count_attempt(sha256(convert_to('address:' || address, 'UTF8')), 100, interval '15 minutes');
    IF retry_after = 0 THEN
        retry_after := platform.count_attempt(sha256(convert_to('login:' || typed, 'UTF8')), 5, interval '24 hours');
    END IF;
    IF retry_after = 0 THEN
        SELECT account.tenant_id, account.id, account.person_id, account.password_hash
          INTO begin_sign_in.tenant_id, account_id, begin_sign_in.person_id, begin_sign_in.password_hash
          FROM platform.tenant
          JOIN platform.account ON account.tenant_id = tenant.id
         WHERE lower(tenant.code) = substring(typed FROM '@([^@]*)$')
           AND account.login = substring(typed FROM '^(.*)@[^@]*$')
           AND tenant.state = 'active'
           AND account.state = 'active';
    END IF;
    RETURN NEXT;
END
$$;
SELECT platform.elevate('platform.begin_sign_in(text, text)');

-- The second half, after the password was found right: takes the counted attempts back, opens the session and goes on as its
-- account for the rest of the transaction. Raises VT401 when the account was closed in between.
CREATE FUNCTION platform.open_session(tenant uuid, account uuid, post uuid, secret_hash bytea, lifetime interval,
                                      login text, address text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
DECLARE
    session uuid := platform.uuid_v7();
    person  uuid;
BEGIN
    SELECT known.person_id INTO person
      FROM platform.account AS known
      JOIN platform.tenant AS home ON home.id = known.tenant_id
     WHERE known.tenant_id = open_session.tenant AND known.id = account AND known.state = 'active' AND home.state = 'active';
    PERFORM platform.ensure(FOUND, 'VT401', 'unauthenticated');
    DELETE FROM platform.login_attempt WHERE key = sha256(convert_to('login:' || lower(normalize(open_session.login, NFC)), 'UTF8'));
    UPDATE platform.login_attempt SET failures = greatest(failures - 1, 0)
     WHERE key = sha256(convert_to('address:' || open_session.address, 'UTF8'));
    INSERT INTO platform.session (tenant_id, id, secret_hash, account_id, post_id, expires_at, address)
    VALUES (tenant, session, open_session.secret_hash, account, post, now() + lifetime, open_session.address);
    PERFORM platform.begin_system(tenant);
    PERFORM set_config('vanthu.role', '', true), set_config('vanthu.account', account::text, true),
            set_config('vanthu.person', coalesce(person::text, ''), true), set_config('vanthu.post', coalesce(post::text, ''), true),
            set_config('vanthu.address', open_session.address, true);
    RETURN session;
END
$$;
SELECT platform.elevate('platform.open_session(uuid, uuid, uuid, bytea, interval, text, text)');

-- Ends the session with this secret; false when there was none to end.
CREATE FUNCTION platform.close_session(hash bytea) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
    WITH closed AS (
        UPDATE platform.session SET revoked_at = now() WHERE secret_hash = hash AND revoked_at IS NULL RETURNING 1
    )
    SELECT EXISTS (SELECT FROM closed)
$$;
SELECT platform.elevate('platform.close_session(bytea)');

-- The password hash of an account of the current tenant.
CREATE FUNCTION platform.password_hash(account uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog
AS $$ SELECT password_hash FROM platform.account WHERE tenant_id = platform.current_tenant() AND id = $1 $$;
SELECT platform.elevate('platform.password_hash(uuid)');

-- Sets the password hash of an account of the current tenant and ends its sessions, but for the one whose secret hash is `keep`.
CREATE FUNCTION platform.set_password(account uuid, hash text, keep bytea DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
BEGIN
    UPDATE platform.account SET password_hash = hash, password_changed_at = now()
     WHERE tenant_id = platform.current_tenant() AND id = set_password.account;
    PERFORM platform.ensure(FOUND, 'VT404', 'account_not_found');
    UPDATE platform.session SET revoked_at = now()
     WHERE tenant_id = platform.current_tenant() AND account_id = set_password.account AND revoked_at IS NULL
       AND secret_hash IS DISTINCT FROM keep;
END
$$;
SELECT platform.elevate('platform.set_password(uuid, text, bytea)');

-- ---------------------------------------------------------------------------------------------------------------------------
-- Jobs: at least once, by lease. A handler is idempotent by the job's id.

CREATE TABLE platform.job (
    tenant_id    uuid        NOT NULL DEFAULT platform.current_tenant(),
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    kind         text        NOT NULL,
    payload      jsonb       NOT NULL,
    state        text        NOT NULL DEFAULT 'available',
    attempt      integer     NOT NULL DEFAULT 0,
    max_attempts integer     NOT NULL DEFAULT 10,
    run_at       timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    worker       text,
    last_error   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    CONSTRAINT job_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT job_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT job_state_known CHECK (state IN ('available', 'running', 'done', 'parked')),
    CONSTRAINT job_attempts_valid CHECK (attempt >= 0 AND max_attempts > 0),
    CONSTRAINT job_lease_whole CHECK ((state = 'running') = (leased_until IS NOT NULL AND worker IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX job_due_idx ON platform.job (tenant_id, run_at, id) WHERE state = 'available';
CREATE INDEX job_lease_idx ON platform.job (tenant_id, leased_until) WHERE state = 'running';
CREATE INDEX job_finished_idx ON platform.job (tenant_id, finished_at) WHERE state = 'done';
CREATE INDEX job_parked_idx ON platform.job (tenant_id, finished_at) WHERE state = 'parked';
SELECT platform.protect('platform.job');

CREATE FUNCTION platform.enqueue(kind text, payload jsonb, run_at timestamptz DEFAULT now(), max_attempts integer DEFAULT 10) RETURNS uuid
    LANGUAGE sql VOLATILE
AS $$ INSERT INTO platform.job (kind, payload, run_at, max_attempts) VALUES ($1, $2, $3, $4) RETURNING id $$;

-- Takes up to `batch` due jobs of all tenants in turn, so that one tenant's import does not keep the others waiting. Jobs whose
-- worker died come back first; one that has no attempt left is parked.
CREATE FUNCTION platform.claim_jobs(worker text, kinds text[], batch integer, lease interval)
    RETURNS TABLE (tenant_id uuid, id uuid, kind text, payload jsonb, attempt integer, max_attempts integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
BEGIN
    UPDATE platform.job AS j
       SET state = CASE WHEN j.attempt < j.max_attempts THEN 'available' ELSE 'parked' END,
           finished_at = CASE WHEN j.attempt < j.max_attempts THEN NULL ELSE now() END,
           last_error = 'lease expired', leased_until = NULL, worker = NULL
     WHERE (j.tenant_id, j.id) IN (SELECT e.tenant_id, e.id
                                     FROM platform.tenant AS t
                                    CROSS JOIN LATERAL (SELECT r.tenant_id, r.id FROM platform.job AS r
                                                         WHERE r.tenant_id = t.id AND r.state = 'running' AND r.leased_until < now()
                                                         LIMIT batch FOR UPDATE SKIP LOCKED) AS e);
    RETURN QUERY
    WITH candidate AS MATERIALIZED (
        SELECT c.tenant_id, c.id
          FROM platform.tenant AS t
         CROSS JOIN LATERAL (SELECT d.tenant_id, d.id, d.run_at, row_number() OVER (ORDER BY d.run_at, d.id) AS turn
                               FROM (SELECT a.tenant_id, a.id, a.run_at FROM platform.job AS a
                                      WHERE a.tenant_id = t.id AND a.state = 'available' AND a.run_at <= now() AND a.kind = ANY (kinds)
                                      ORDER BY a.run_at, a.id LIMIT 4 * batch) AS d) AS c
         ORDER BY c.turn, c.run_at
         LIMIT 4 * batch
    ), taken AS (
        SELECT j.tenant_id, j.id
          FROM candidate AS c
          JOIN platform.job AS j ON j.tenant_id = c.tenant_id AND j.id = c.id
         WHERE j.state = 'available'
         LIMIT batch
           FOR UPDATE OF j SKIP LOCKED
    )
    UPDATE platform.job AS j
       SET state = 'running', attempt = j.attempt + 1, leased_until = now() + lease, worker = claim_jobs.worker
      FROM taken
     WHERE j.tenant_id = taken.tenant_id AND j.id = taken.id
    RETURNING j.tenant_id, j.id, j.kind, j.payload, j.attempt, j.max_attempts;
END
$$;
SELECT platform.elevate('platform.claim_jobs(text, text[], integer, interval)');

-- Keeps the leases of a worker that is alive.
CREATE FUNCTION platform.extend_leases(worker text, lease interval) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$ UPDATE platform.job AS j SET leased_until = now() + lease WHERE j.state = 'running' AND j.worker = $1 $$;
SELECT platform.elevate('platform.extend_leases(text, interval)');

-- ---------------------------------------------------------------------------------------------------------------------------
-- Blobs: content, known by its hash and owned by nobody. Who may read it is decided by the file rows of a tenant.

CREATE TABLE platform.blob (
    sha256     bytea       NOT NULL,
    size       bigint      NOT NULL,
    media_type text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    kept_at    timestamptz NOT NULL DEFAULT now(),   -- when it was received last; the sweep's grace counts from here
    CONSTRAINT blob_pkey PRIMARY KEY (sha256),
    CONSTRAINT blob_sha256_valid CHECK (octet_length(sha256) = 32),
    CONSTRAINT blob_size_valid CHECK (size >= 0),
    CONSTRAINT blob_media_type_valid CHECK (char_length(media_type) BETWEEN 1 AND 255)
);
COMMENT ON TABLE platform.blob IS 'vanthu_app cannot list it: the hashes would tell what other tenants hold.';
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.blob TO vanthu_definer;

-- Makes sure that a received blob has its row; called in the transaction that writes the file row which refers to it.
CREATE FUNCTION platform.keep_blob(sha256 bytea, size bigint, media_type text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
    INSERT INTO platform.blob AS known (sha256, size, media_type) VALUES ($1, $2, $3)
        ON CONFLICT ON CONSTRAINT blob_pkey DO UPDATE SET kept_at = now()
$$;
SELECT platform.elevate('platform.keep_blob(bytea, bigint, text)');

-- Which of these hashes, in hexadecimal, have a row: what the disk holds besides may be swept.
CREATE FUNCTION platform.known_blobs(hashes text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
    SELECT encode(sha256, 'hex') FROM platform.blob WHERE sha256 = ANY (ARRAY(SELECT decode(h, 'hex') FROM unnest(hashes) AS h))
$$;
SELECT platform.elevate('platform.known_blobs(text[])');

-- Deletes up to `batch` rows that no table refers to and that were received longer than `grace` ago; returns how many.
-- Which tables refer is read from the catalogue, so a new file table cannot be forgotten.
CREATE FUNCTION platform.forget_blobs(grace interval, batch integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
DECLARE
    unused  text := '';
    deleted integer;
BEGIN
    SELECT coalesce(string_agg(format(' AND NOT EXISTS (SELECT FROM %s AS r WHERE r.%I = b.sha256)', conrelid::regclass, attname), ''), '')
      INTO unused
      FROM pg_constraint
      JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
     WHERE contype = 'f' AND confrelid = 'platform.blob'::regclass;
    EXECUTE format('WITH old AS (SELECT b.sha256 FROM platform.blob AS b WHERE b.kept_at < now() - $1 %s LIMIT $2 FOR UPDATE SKIP LOCKED) '
                   'DELETE FROM platform.blob AS d USING old WHERE d.sha256 = old.sha256', unused) USING grace, batch;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;
SELECT platform.elevate('platform.forget_blobs(interval, integer)');

-- ---------------------------------------------------------------------------------------------------------------------------
-- Idempotency: the answer of an act is kept with the act itself, so a repeated request gets it again.

CREATE TABLE platform.idempotency (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    account_id  uuid        NOT NULL DEFAULT platform.current_account(),
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,         -- sha256 of method, path and body
    status      integer,                      -- NULL until the act is finished
    body        text,
    headers     jsonb,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, account_id, key),
    CONSTRAINT idempotency_key_valid CHECK (char_length(key) BETWEEN 1 AND 255)
);
CREATE INDEX idempotency_expiry_idx ON platform.idempotency (tenant_id, expires_at);
SELECT platform.protect('platform.idempotency');

-- No row: the key was free and is now claimed by this transaction. A row: the answer to repeat. A second request with the same
-- key waits here until the first has ended.
CREATE FUNCTION platform.claim_idempotency(key text, fingerprint bytea)
    RETURNS TABLE (status integer, body text, headers jsonb)
    LANGUAGE plpgsql
    SET search_path = pg_catalog
AS $$
DECLARE
    known platform.idempotency;
BEGIN
    INSERT INTO platform.idempotency AS held (key, fingerprint) VALUES (claim_idempotency.key, claim_idempotency.fingerprint)
        ON CONFLICT ON CONSTRAINT idempotency_pkey DO UPDATE
       SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, headers = NULL, expires_at = excluded.expires_at
     WHERE held.expires_at < now();
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO STRICT known FROM platform.idempotency AS i
     WHERE i.tenant_id = platform.current_tenant() AND i.account_id = platform.current_account() AND i.key = claim_idempotency.key;
    PERFORM platform.ensure(known.fingerprint = claim_idempotency.fingerprint, 'VT422', 'idempotency_key_reused', 'Idempotency-Key');
    PERFORM platform.ensure(known.status IS NOT NULL, 'VT409', 'idempotency_key_in_use', 'Idempotency-Key');
    RETURN QUERY SELECT known.status, known.body, known.headers;
END
$$;

CREATE FUNCTION platform.finish_idempotency(key text, status integer, body text, headers jsonb) RETURNS void
    LANGUAGE sql VOLATILE
AS $$
    UPDATE platform.idempotency AS i SET status = $2, body = $3, headers = $4
     WHERE i.tenant_id = platform.current_tenant() AND i.account_id = platform.current_account() AND i.key = $1
$$;

-- Removes what has outlived its use, in all tenants. Run hourly by the worker.
CREATE FUNCTION platform.sweep() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
    DELETE FROM platform.idempotency WHERE expires_at < now();
    DELETE FROM platform.session WHERE greatest(expires_at, revoked_at) < now() - interval '30 days';
    DELETE FROM platform.login_attempt WHERE first_at < now() - interval '2 days' AND blocked_until < now();
    DELETE FROM platform.job WHERE state = 'done' AND finished_at < now() - interval '7 days';
$$;
SELECT platform.elevate('platform.sweep()');
