-- What everything stands on: refusals, text, ids, who is asking, row security, the directory of tenants, the audit trail.

SET LOCAL lock_timeout = '2s';

CREATE SCHEMA IF NOT EXISTS platform;
GRANT USAGE ON SCHEMA platform TO vanthu_app, vanthu_definer, vanthu_backup, vanthu_report;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Refusals, text, ids

-- Refuses in the words of the caller: `condition` is the stable problem code, `field` the name of the field that is wrong.
-- Neither ever holds data, so both may be logged and sent to the client.
CREATE FUNCTION platform.ensure(ok boolean, sqlstate text, condition text, field text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog
AS $$
BEGIN
    IF ok IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = ensure.sqlstate, MESSAGE = condition, DETAIL = coalesce(field, '');
    END IF;
END
$$;

-- Text as people type it when they search: no tones, no case, đ as d. IMMUTABLE is our promise, so an index on it is rebuilt
-- when unaccent.rules changes.
CREATE FUNCTION platform.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT pg_catalog.lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFC))) $$;

-- A UUID of version 7 (RFC 9562): 48 bits of milliseconds first, so that new rows are neighbours in every index.
CREATE FUNCTION platform.uuid_v7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog
AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
                                          PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                                          FROM 1 FOR 6),
                                  52, 1),
                          53, 1),
                  'hex')::uuid
$$;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Who is asking. The settings are local to a transaction; a setting of an ended transaction reads '' and not NULL.

CREATE FUNCTION platform.current_tenant() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog
AS $$
DECLARE
    tenant text := current_setting('vanthu.tenant', true);
BEGIN
    IF tenant IS NULL OR tenant = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'VT500', MESSAGE = 'no_tenant';
    END IF;
    RETURN tenant::uuid;
END
$$;

CREATE FUNCTION platform.current_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.account', true), '')::uuid $$;

CREATE FUNCTION platform.current_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.person', true), '')::uuid $$;

CREATE FUNCTION platform.current_post() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.post', true), '')::uuid $$;

CREATE FUNCTION platform.current_unit() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.unit', true), '')::uuid $$;

-- clerk, leader, head, specialist, administrator, system; NULL when nobody asks.
CREATE FUNCTION platform.current_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(pg_catalog.current_setting('vanthu.role', true), '') $$;

-- Everything the caller "is" when rights and work are asked for: the post, for a head the unit, for a clerk the tenant.
CREATE FUNCTION platform.holders() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(pg_catalog.current_setting('vanthu.holders', true), ''), '{}')::uuid[] $$;

-- Opens a transaction of the system itself (jobs, command line) in one tenant.
CREATE FUNCTION platform.begin_system(tenant uuid) RETURNS void LANGUAGE sql VOLATILE
AS $$
    SELECT pg_catalog.set_config('vanthu.tenant', $1::text, true), pg_catalog.set_config('vanthu.role', 'system', true),
           pg_catalog.set_config('vanthu.account', '', true), pg_catalog.set_config('vanthu.person', '', true),
           pg_catalog.set_config('vanthu.post', '', true), pg_catalog.set_config('vanthu.unit', '', true),
           pg_catalog.set_config('vanthu.holders', '', true), pg_catalog.set_config('vanthu.request', '', true),
           pg_catalog.set_config('vanthu.address', '', true)
$$;

-- ---------------------------------------------------------------------------------------------------------------------------
-- How tables and functions are put behind the wall. The schema lint (sql/lint) proves that nothing was forgotten.

-- Puts a tenant table behind row security. `privileges` says what vanthu_app may do; DELETE and less than the default only
-- where the table says so.
CREATE FUNCTION platform.protect(target regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE') RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant ON %s USING (tenant_id = (SELECT platform.current_tenant())) '
                   'WITH CHECK (tenant_id = (SELECT platform.current_tenant()))', target);
    IF privileges <> '' THEN
        EXECUTE format('GRANT %s ON %s TO vanthu_app', privileges, target);
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO vanthu_definer', target);
END
$$;

-- Hands a SECURITY DEFINER function to the role that may look across tenants. Only vanthu_app may call it.
CREATE FUNCTION platform.elevate(target regprocedure) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    place regnamespace := (SELECT pronamespace FROM pg_proc WHERE oid = target);
BEGIN
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %s TO vanthu_definer', place);
    EXECUTE format('ALTER FUNCTION %s OWNER TO vanthu_definer', target);
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM vanthu_definer', place);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', target);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO vanthu_app', target);
END
$$;

REVOKE EXECUTE ON FUNCTION platform.protect(regclass, text), platform.elevate(regprocedure) FROM vanthu_app, vanthu_definer;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Tenants: the directory everybody may read, because documents are addressed to its entries.

CREATE TABLE platform.tenant (
    id                 uuid        NOT NULL DEFAULT platform.uuid_v7(),
    code               text        NOT NULL,  -- what people type after the @ when they sign in, for instance BDHN
    name               text        NOT NULL,
    abbreviation       text        NOT NULL,  -- in document symbols, for instance BĐHN in 01/BĐHN-VP
    kind               text        NOT NULL,
    organ_id           text,                  -- mã định danh, Decision 20/2020/QĐ-TTg
    former_organ_ids   text[]      NOT NULL DEFAULT '{}',
    has_seal           boolean     NOT NULL DEFAULT true,
    state              text        NOT NULL DEFAULT 'active',
    created_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_pkey PRIMARY KEY (id),
    CONSTRAINT tenant_code_valid CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    CONSTRAINT tenant_name_valid CHECK (name IS NFC NORMALIZED AND char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT tenant_abbreviation_valid CHECK (abbreviation IS NFC NORMALIZED AND char_length(abbreviation) BETWEEN 1 AND 30),
    CONSTRAINT tenant_kind_known CHECK (kind IN ('headquarters', 'province', 'company', 'other')),
    CONSTRAINT tenant_organ_id_valid CHECK (char_length(organ_id) BETWEEN 3 AND 35),
    CONSTRAINT tenant_state_known CHECK (state IN ('active', 'suspended', 'closed'))
);
CREATE UNIQUE INDEX tenant_code_key ON platform.tenant (lower(code));
CREATE UNIQUE INDEX tenant_organ_id_key ON platform.tenant (organ_id) WHERE organ_id IS NOT NULL;
COMMENT ON TABLE platform.tenant IS 'Legal units with registers and a seal of their own. Not protected: the directory is common.';
GRANT SELECT ON platform.tenant TO vanthu_app, vanthu_definer, vanthu_report;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Audit: one chain of hashes per tenant. hash = sha256(format byte || previous hash || canonical text as UTF-8).

CREATE TABLE platform.audit_head (
    tenant_id uuid   NOT NULL DEFAULT platform.current_tenant(),
    seq       bigint NOT NULL,
    hash      bytea  NOT NULL,
    CONSTRAINT audit_head_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT audit_head_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id)
) WITH (fillfactor = 50);
SELECT platform.protect('platform.audit_head', 'SELECT');

CREATE TABLE platform.audit_entry (
    tenant_id     uuid        NOT NULL DEFAULT platform.current_tenant(),
    seq           bigint      NOT NULL,       -- from 1, without gaps
    at            timestamptz NOT NULL,
    action        text        NOT NULL,       -- for instance document.issued
    subject_kind  text        NOT NULL,
    subject_id    uuid,
    account_id    uuid,
    format        smallint    NOT NULL,       -- how canonical is written and hashed; 1
    canonical     text        NOT NULL,       -- the whole entry as JSON, hashed as it stands and never rendered again
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (tenant_id, seq),
    CONSTRAINT audit_entry_seq_positive CHECK (seq > 0),
    CONSTRAINT audit_entry_hash_valid CHECK (octet_length(hash) = 32 AND octet_length(previous_hash) = 32)
);
CREATE INDEX audit_entry_subject_idx ON platform.audit_entry (tenant_id, subject_id, seq);
CREATE INDEX audit_entry_account_idx ON platform.audit_entry (tenant_id, account_id, seq);
COMMENT ON TABLE platform.audit_entry IS 'Who did what, when, from where, before and after. Columns beside canonical serve only to find entries.';
SELECT platform.protect('platform.audit_entry', 'SELECT');

CREATE FUNCTION platform.refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'VT500', MESSAGE = 'audit_is_append_only';
END
$$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON platform.audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

-- Appends to the current tenant's chain. It locks the head until the transaction ends, so it is called last.
CREATE FUNCTION platform.record(action text, subject_kind text, subject uuid, before jsonb, after jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog
AS $$
DECLARE
    tenant    uuid := platform.current_tenant();
    head      platform.audit_head;
    written   timestamptz;
    canonical text;
    digest    bytea;
BEGIN
    SELECT * INTO head FROM platform.audit_head AS h WHERE h.tenant_id = tenant FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO platform.audit_head (tenant_id, seq, hash) VALUES (tenant, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT head FROM platform.audit_head AS h WHERE h.tenant_id = tenant FOR NO KEY UPDATE;
    END IF;
    written := clock_timestamp();
    canonical := jsonb_build_object(
        'tenant', tenant, 'seq', head.seq + 1, 'at', to_char(written AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'action', action, 'subject_kind', subject_kind, 'subject', subject,
        'account', platform.current_account(), 'person', platform.current_person(), 'post', platform.current_post(),
        'role', platform.current_role(), 'on_behalf_of', nullif(current_setting('vanthu.on_behalf_of', true), ''),
        'request', nullif(current_setting('vanthu.request', true), ''), 'address', nullif(current_setting('vanthu.address', true), ''),
        'before', before, 'after', after)::text;
    digest := sha256('\x01'::bytea || head.hash || convert_to(canonical, 'UTF8'));
    INSERT INTO platform.audit_entry (tenant_id, seq, at, action, subject_kind, subject_id, account_id, format, canonical, previous_hash, hash)
    VALUES (tenant, head.seq + 1, written, record.action, record.subject_kind, subject, platform.current_account(), 1, canonical, head.hash, digest);
    UPDATE platform.audit_head AS h SET seq = head.seq + 1, hash = digest WHERE h.tenant_id = tenant;
END
$$;
SELECT platform.elevate('platform.record(text, text, uuid, jsonb, jsonb)');
