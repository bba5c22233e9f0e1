-- Passkeys (Web Authentication): the second factor beside the PIN of a soft key, the challenges that wait for an answer, and the answers as
-- evidence of what was approved.
-- Locks: ACCESS EXCLUSIVE for a moment on signatures.signing_session; its new columns are null, nothing is rewritten.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- The passkeys of accounts. Row security keeps tenants apart; that nobody but their holder reads or changes them is kept by functions: the
-- application has no right to the table itself.
CREATE TABLE signatures.passkey (
    tenant_id     uuid        NOT NULL DEFAULT platform.current_tenant(),
    id            uuid        NOT NULL DEFAULT platform.uuid_v7(),
    account_id    uuid        NOT NULL DEFAULT platform.current_account(),
    name          text        NOT NULL,
    credential_id bytea       NOT NULL,
    algorithm     integer     NOT NULL,
    public_key    bytea       NOT NULL,
    sign_count    bigint      NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz,
    removed_at    timestamptz,
    CONSTRAINT passkey_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT passkey_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT passkey_credential_key UNIQUE (tenant_id, credential_id),
    CONSTRAINT passkey_name_valid CHECK (name IS NFC NORMALIZED AND char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT passkey_credential_length CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    CONSTRAINT passkey_algorithm_known CHECK (algorithm IN (-7, -8, -257)),
    CONSTRAINT passkey_sign_count_sane CHECK (sign_count BETWEEN 0 AND 4294967295)
);
CREATE INDEX passkey_account_idx ON signatures.passkey (tenant_id, account_id);
COMMENT ON COLUMN signatures.passkey.name IS 'Given by its holder: which telephone, which key.';
COMMENT ON COLUMN signatures.passkey.algorithm IS 'COSE: -7 ES256, -8 EdDSA (Ed25519), -257 RS256.';
COMMENT ON COLUMN signatures.passkey.public_key IS 'SubjectPublicKeyInfo, DER.';
COMMENT ON COLUMN signatures.passkey.removed_at IS 'A removed passkey stays, for what it approved is judged by its key.';
SELECT platform.protect('signatures.passkey', '');

-- What an authenticator is to answer before a passkey of the account is registered or removed: one an account, for a few minutes, once.
CREATE TABLE signatures.passkey_challenge (
    tenant_id  uuid        NOT NULL DEFAULT platform.current_tenant(),
    account_id uuid        NOT NULL DEFAULT platform.current_account(),
    challenge  bytea       NOT NULL,
    is_proven  boolean     NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT passkey_challenge_pkey PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT passkey_challenge_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT passkey_challenge_length CHECK (octet_length(challenge) = 32)
);
COMMENT ON COLUMN signatures.passkey_challenge.is_proven IS 'Whether the holder has given the password for it.';
SELECT platform.protect('signatures.passkey_challenge', '');

-- What a passkey is asked to answer before a soft key signs the documents of a session; another one after every answer.
ALTER TABLE signatures.signing_session
    ADD COLUMN nonce bytea,
    ADD COLUMN challenge bytea,
    ADD CONSTRAINT signing_session_challenge CHECK ((nonce IS NULL) = (challenge IS NULL)
        AND octet_length(nonce) = 32 AND octet_length(challenge) = 32);
COMMENT ON COLUMN signatures.signing_session.challenge IS 'What a passkey is asked to answer; null where the key is on a device.';

-- Answers of passkeys that were good, with all that is needed to judge them again: what they were asked, and by whose key. They outlive
-- sessions that came to nothing, so they do not refer to them.
CREATE TABLE signatures.passkey_assertion (
    tenant_id          uuid        NOT NULL DEFAULT platform.current_tenant(),
    id                 uuid        NOT NULL DEFAULT platform.uuid_v7(),
    session_id         uuid        NOT NULL,
    passkey_id         uuid        NOT NULL,
    certificate_id     uuid        NOT NULL,
    nonce              bytea       NOT NULL,
    statement          bytea       NOT NULL,
    client_data        bytea       NOT NULL,
    authenticator_data bytea       NOT NULL,
    signature          bytea       NOT NULL,
    given_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT passkey_assertion_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT passkey_assertion_passkey_fkey FOREIGN KEY (tenant_id, passkey_id) REFERENCES signatures.passkey (tenant_id, id),
    CONSTRAINT passkey_assertion_certificate_fkey FOREIGN KEY (tenant_id, certificate_id)
        REFERENCES signatures.certificate (tenant_id, id),
    CONSTRAINT passkey_assertion_once UNIQUE (tenant_id, session_id, nonce)
);
COMMENT ON COLUMN signatures.passkey_assertion.session_id IS 'The signing session.';
COMMENT ON COLUMN signatures.passkey_assertion.statement IS
    'What the challenge is the SHA-256 of: the nonce and, in their order, the documents'' digests, each after its length in one byte, and the certificate''s id.';
SELECT platform.protect('signatures.passkey_assertion', 'SELECT, INSERT');
CREATE TRIGGER passkey_assertion_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signatures.passkey_assertion
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

/* The caller's own passkeys, removed ones among them. */
CREATE FUNCTION signatures.own_passkeys() RETURNS SETOF signatures.passkey
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT p.* FROM signatures.passkey AS p
     WHERE p.tenant_id = platform.current_tenant() AND p.account_id = platform.current_account()
$$;
SELECT platform.elevate('signatures.own_passkeys()');

/* Keeps a new passkey of the caller. */
CREATE FUNCTION signatures.keep_passkey(id uuid, name text, credential bytea, algorithm integer, public_key bytea, sign_count bigint)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM platform.ensure(
        (SELECT count(*) < 20 FROM signatures.passkey AS p
          WHERE p.tenant_id = platform.current_tenant() AND p.account_id = platform.current_account() AND p.removed_at IS NULL),
        'VT409', 'too_many_passkeys');
    INSERT INTO signatures.passkey (id, name, credential_id, algorithm, public_key, sign_count)
    VALUES (keep_passkey.id, keep_passkey.name, credential, keep_passkey.algorithm, keep_passkey.public_key, keep_passkey.sign_count);
END $$;
SELECT platform.elevate('signatures.keep_passkey(uuid, text, bytea, integer, bytea, bigint)');

/* Notes that a passkey of the caller has answered. Its counter goes on, or stays at 0 with authenticators that do not count; anything else
   comes from a copy, or from two answers that crossed. */
CREATE FUNCTION signatures.use_passkey(passkey uuid, sign_count bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE signatures.passkey AS p SET sign_count = use_passkey.sign_count, last_used_at = now()
     WHERE p.tenant_id = platform.current_tenant() AND p.id = passkey AND p.account_id = platform.current_account()
       AND p.removed_at IS NULL
       AND (p.sign_count < use_passkey.sign_count OR p.sign_count = 0 AND use_passkey.sign_count = 0);
    PERFORM platform.ensure(FOUND, 'VT422', 'passkey_refused', 'passkey');
END $$;
SELECT platform.elevate('signatures.use_passkey(uuid, bigint)');

/* Takes a passkey of the caller out of use. */
CREATE FUNCTION signatures.remove_passkey(passkey uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE signatures.passkey AS p SET removed_at = now()
     WHERE p.tenant_id = platform.current_tenant() AND p.id = passkey AND p.account_id = platform.current_account()
       AND p.removed_at IS NULL;
    PERFORM platform.ensure(FOUND, 'VT404', 'not_found');
END $$;
SELECT platform.elevate('signatures.remove_passkey(uuid)');

/* Takes all passkeys of an account out of use, for a holder who has lost them: by the system alone. Gives their ids. */
CREATE FUNCTION signatures.remove_passkeys_of(account uuid) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM platform.ensure(platform.current_role() = 'system', 'VT403', 'system_only');
    RETURN QUERY
    UPDATE signatures.passkey AS p SET removed_at = now()
     WHERE p.tenant_id = platform.current_tenant() AND p.account_id = account AND p.removed_at IS NULL
    RETURNING p.id;
END $$;
SELECT platform.elevate('signatures.remove_passkeys_of(uuid)');

/* Puts a challenge before the caller; an earlier one is forgotten. Gives when it is over. */
CREATE FUNCTION signatures.begin_passkey_challenge(challenge bytea, is_proven boolean, lifetime interval) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO signatures.passkey_challenge AS known (challenge, is_proven, expires_at) VALUES ($1, $2, now() + $3)
        ON CONFLICT ON CONSTRAINT passkey_challenge_pkey DO UPDATE
       SET challenge = excluded.challenge, is_proven = excluded.is_proven, expires_at = excluded.expires_at
    RETURNING expires_at
$$;
SELECT platform.elevate('signatures.begin_passkey_challenge(bytea, boolean, interval)');

/* The caller's challenge, which is gone with that. No row when there is none, or its time is over. */
CREATE FUNCTION signatures.take_passkey_challenge() RETURNS TABLE (challenge bytea, is_proven boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH taken AS (
        DELETE FROM signatures.passkey_challenge AS c
         WHERE c.tenant_id = platform.current_tenant() AND c.account_id = platform.current_account()
        RETURNING c.challenge, c.is_proven, c.expires_at
    )
    SELECT t.challenge, t.is_proven FROM taken AS t WHERE t.expires_at > now()
$$;
SELECT platform.elevate('signatures.take_passkey_challenge()');

/* Forgets the wrong guesses at the caller's password, which was right this time. */
CREATE FUNCTION platform.password_was_right() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM platform.login_attempt
     WHERE key = sha256(convert_to('password:' || platform.current_account()::text, 'UTF8'))
$$;
SELECT platform.elevate('platform.password_was_right()');
