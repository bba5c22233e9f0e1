-- The organisation of a tenant: its units, its people and the posts they hold; and with posts, who a request acts as.
-- Locks: creates new objects only, and adds one foreign key to the still empty platform.account.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

CREATE SCHEMA organisation;
GRANT USAGE ON SCHEMA organisation TO vanthu_app, vanthu_definer, vanthu_backup;

-- Units (đơn vị). parent_id is the truth; path is kept by a trigger for reading a subtree with a leakproof comparison.
CREATE TABLE organisation.unit (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    parent_id   uuid,
    code        text        NOT NULL,
    name        text        NOT NULL,
    kind        text        NOT NULL,
    symbol      text        NOT NULL DEFAULT '',
    path        text        COLLATE "C" NOT NULL DEFAULT '',
    position    integer     NOT NULL DEFAULT 0,
    version     bigint      NOT NULL DEFAULT 1,
    closed_on   date,
    CONSTRAINT unit_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT unit_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT unit_parent_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES organisation.unit (tenant_id, id),
    CONSTRAINT unit_code_key UNIQUE (tenant_id, code),
    CONSTRAINT unit_code_form CHECK (code ~ '^[A-Z0-9][A-Z0-9._-]{0,31}$'),
    CONSTRAINT unit_name_text CHECK (char_length(name) BETWEEN 1 AND 200 AND name IS NFC NORMALIZED),
    CONSTRAINT unit_symbol_text CHECK (char_length(symbol) <= 20 AND symbol IS NFC NORMALIZED),
    CONSTRAINT unit_kind_known CHECK (kind IN
        ('organisation', 'board', 'office', 'department', 'district', 'post_office', 'culture_point', 'team'))
);
COMMENT ON TABLE organisation.unit IS 'Đơn vị: from the organisation itself down to the village post office (điểm BĐ-VHX).';
COMMENT ON COLUMN organisation.unit.symbol IS 'Abbreviation in document symbols, e.g. VP in 01/BĐHN-VP (Decree 30/2020, annex I).';
CREATE INDEX unit_path_idx ON organisation.unit (tenant_id, path);
CREATE INDEX unit_parent_idx ON organisation.unit (tenant_id, parent_id, position, id);
SELECT platform.protect('organisation.unit');

/* Keeps path: the ids from the root down to the unit itself, each followed by a dot. Moving a unit moves its subtree. */
CREATE FUNCTION organisation.keep_path() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    above text := '';
BEGIN
    IF NEW.parent_id IS NOT NULL THEN
        SELECT u.path INTO above FROM organisation.unit AS u WHERE u.tenant_id = NEW.tenant_id AND u.id = NEW.parent_id;
        IF above IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'VT422', MESSAGE = 'unknown_unit', DETAIL = 'parent_id';
        END IF;
        IF position(NEW.id::text IN above) > 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'VT422', MESSAGE = 'unit_under_itself', DETAIL = 'parent_id';
        END IF;
    END IF;
    NEW.path := above || NEW.id::text || '.';
    IF TG_OP = 'UPDATE' AND NEW.path <> OLD.path THEN
        UPDATE organisation.unit AS u
           SET path = NEW.path || substr(u.path, length(OLD.path) + 1)
         WHERE u.tenant_id = NEW.tenant_id AND u.path > OLD.path AND u.path < OLD.path || '~' AND u.id <> NEW.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER unit_100_path BEFORE INSERT OR UPDATE OF parent_id ON organisation.unit
    FOR EACH ROW EXECUTE FUNCTION organisation.keep_path();

/* The abbreviation that documents of a unit carry: its own or, when it has none, that of the nearest unit above which has one. */
CREATE FUNCTION organisation.unit_symbol(target uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    WITH RECURSIVE line AS (
        SELECT u.parent_id, u.symbol, 0 AS height FROM organisation.unit AS u WHERE u.id = target
        UNION ALL
        SELECT u.parent_id, u.symbol, l.height + 1 FROM line AS l JOIN organisation.unit AS u ON u.id = l.parent_id
         WHERE l.symbol = ''
    )
    SELECT l.symbol FROM line AS l WHERE l.symbol <> '' ORDER BY l.height LIMIT 1
$$;

-- People (cán bộ, công nhân viên).
CREATE TABLE organisation.person (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    full_name   text        NOT NULL,
    given_name  text        NOT NULL GENERATED ALWAYS AS (regexp_replace(full_name, '^.*\s', '')) STORED,
    folded_name text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (platform.fold(full_name)) STORED,
    email       text,
    phone       text,
    version     bigint      NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT person_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT person_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT person_name_text CHECK (char_length(full_name) BETWEEN 1 AND 100 AND full_name IS NFC NORMALIZED),
    CONSTRAINT person_email_form CHECK (email ~ '^[^@\s]{1,100}@[^@\s]{1,150}$'),
    CONSTRAINT person_phone_form CHECK (phone ~ '^[0-9+ ().-]{3,30}$')
);
COMMENT ON TABLE organisation.person IS 'People of a tenant; what they may do comes from the posts they hold.';
CREATE INDEX person_name_idx ON organisation.person (tenant_id, folded_name, id);
SELECT platform.protect('organisation.person');

-- Posts (chức danh): a person in a unit with a role, between two days. Rights are read from here at every request.
CREATE TABLE organisation.post (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    person_id   uuid        NOT NULL,
    unit_id     uuid        NOT NULL,
    role        text        NOT NULL,
    title       text        NOT NULL,
    started_on  date        NOT NULL DEFAULT current_date,
    ended_on    date,
    version     bigint      NOT NULL DEFAULT 1,
    CONSTRAINT post_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT post_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES organisation.person (tenant_id, id),
    CONSTRAINT post_unit_fkey FOREIGN KEY (tenant_id, unit_id) REFERENCES organisation.unit (tenant_id, id),
    CONSTRAINT post_role_known CHECK (role IN ('clerk', 'leader', 'head', 'specialist', 'administrator')),
    CONSTRAINT post_title_text CHECK (char_length(title) BETWEEN 1 AND 100 AND title IS NFC NORMALIZED),
    CONSTRAINT post_ends_after_start CHECK (ended_on IS NULL OR ended_on >= started_on)
);
COMMENT ON TABLE organisation.post IS 'Appointment: văn thư (clerk), lãnh đạo (leader), trưởng đơn vị (head), chuyên viên (specialist), quản trị đơn vị (administrator).';
CREATE INDEX post_person_idx ON organisation.post (tenant_id, person_id);
CREATE INDEX post_unit_idx ON organisation.post (tenant_id, unit_id);
SELECT platform.protect('organisation.post');

/* Whether somebody stands behind a holder today: the post itself, a head of the unit, a clerk of the organisation. Work is never
   given to where nobody would see it. */
CREATE FUNCTION organisation.is_manned(holder uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM organisation.post AS t
                    WHERE t.id = holder AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date))
        OR EXISTS (SELECT FROM organisation.post AS t
                    WHERE t.unit_id = holder AND t.role = 'head' AND t.started_on <= current_date
                      AND (t.ended_on IS NULL OR t.ended_on > current_date))
        OR (holder = platform.current_tenant()
            AND EXISTS (SELECT FROM organisation.post AS t
                         WHERE t.role = 'clerk' AND t.started_on <= current_date
                           AND (t.ended_on IS NULL OR t.ended_on > current_date)))
$$;

-- NOT VALID: checking rows that cannot exist yet would read the table through row security without a tenant.
ALTER TABLE platform.account
    ADD CONSTRAINT account_person_fkey FOREIGN KEY (tenant_id, person_id) REFERENCES organisation.person (tenant_id, id) NOT VALID;

/* Opens a request: finds who the secret belongs to, checks that account, post and tenant are in force today and that a token has the
   scope, and sets what the rest of the transaction reads (current_tenant, current_post, holders, …). It is the first statement of
   every request's transaction, pipelined with the next one; when it refuses, nothing after it runs. */
CREATE FUNCTION platform.begin_request(credential text, hash bytea, scope text, request_id uuid, address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    caller record;
BEGIN
    IF credential = 'session' THEN
        SELECT s.tenant_id, s.id, s.account_id, s.post_id, s.last_seen_at, NULL::text[] AS scopes INTO caller
          FROM platform.session AS s
         WHERE s.secret_hash = hash AND s.revoked_at IS NULL AND s.expires_at > now();
    ELSE
        SELECT k.tenant_id, k.id, k.account_id, k.post_id, k.last_used_at AS last_seen_at, k.scopes INTO caller
          FROM platform.api_token AS k
         WHERE k.secret_hash = hash AND k.revoked_at IS NULL AND k.expires_at > now();
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'VT401', MESSAGE = 'unauthenticated';
    END IF;
    IF credential <> 'session' AND scope IS NOT NULL AND NOT scope = ANY (caller.scopes) THEN
        RAISE EXCEPTION USING ERRCODE = 'VT403', MESSAGE = 'insufficient_scope';
    END IF;
    PERFORM set_config('vanthu.tenant', a.tenant_id::text, true),
            set_config('vanthu.account', a.id::text, true),
            set_config('vanthu.person', coalesce(a.person_id::text, ''), true),
            set_config('vanthu.post', coalesce(t.id::text, ''), true),
            set_config('vanthu.unit', coalesce(t.unit_id::text, ''), true),
            set_config('vanthu.role', coalesce(t.role, ''), true),
            set_config('vanthu.holders',
                       CASE t.role WHEN 'head' THEN '{' || t.id || ',' || t.unit_id || '}'
                                   WHEN 'clerk' THEN '{' || t.id || ',' || t.tenant_id || '}'
                                   ELSE coalesce('{' || t.id || '}', '') END, true),
            set_config('vanthu.request', request_id::text, true),
            set_config('vanthu.address', begin_request.address, true)
       FROM platform.account AS a
       JOIN platform.tenant AS o ON o.id = a.tenant_id AND o.state = 'active'
       LEFT JOIN organisation.post AS t
              ON t.tenant_id = a.tenant_id AND t.id = caller.post_id AND t.person_id = a.person_id
             AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
      WHERE a.tenant_id = caller.tenant_id AND a.id = caller.account_id AND a.state = 'active';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'VT401', MESSAGE = 'unauthenticated';
    END IF;
    -- Seen is kept to five minutes, so that reading does not write.
    IF caller.last_seen_at IS NULL OR caller.last_seen_at < now() - interval '5 minutes' THEN
        IF credential = 'session' THEN
            UPDATE platform.session SET last_seen_at = now() WHERE tenant_id = caller.tenant_id AND id = caller.id;
        ELSE
            UPDATE platform.api_token SET last_used_at = now() WHERE tenant_id = caller.tenant_id AND id = caller.id;
        END IF;
    END IF;
END $$;
SELECT platform.elevate('platform.begin_request(text, bytea, text, uuid, text)');
