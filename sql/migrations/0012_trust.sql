-- Whom the installation trusts besides its own CA, what other CAs said about revocation, and the check before every signature.
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- National roots (NEAC) and licensed CAs (Decree 23/2025, Circular 15/2025, art. 5). The application reads them; who administers the
-- platform imports them as the owner.
CREATE TABLE signatures.trust_anchor (
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    kind        text        NOT NULL,
    scope       text        NOT NULL,
    name        text        NOT NULL,
    subject     text        NOT NULL,
    certificate bytea       NOT NULL,
    sha256      bytea       NOT NULL,
    valid_from  timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    source      text        NOT NULL,
    added_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT trust_anchor_pkey PRIMARY KEY (id),
    CONSTRAINT trust_anchor_sha256_key UNIQUE (sha256),
    CONSTRAINT trust_anchor_sha256_valid CHECK (octet_length(sha256) = 32),
    CONSTRAINT trust_anchor_kind_known CHECK (kind IN ('root', 'ca')),
    CONSTRAINT trust_anchor_scope_known CHECK (scope IN ('national', 'public_duty')),
    CONSTRAINT trust_anchor_name_text CHECK (char_length(name) BETWEEN 1 AND 200 AND name IS NFC NORMALIZED),
    CONSTRAINT trust_anchor_source_text CHECK (char_length(source) BETWEEN 1 AND 500 AND source IS NFC NORMALIZED),
    CONSTRAINT trust_anchor_ends_after_start CHECK (valid_until > valid_from)
);
COMMENT ON TABLE signatures.trust_anchor IS 'Roots and CAs of others, trusted for signatures made between valid_from and valid_until.';
GRANT SELECT ON signatures.trust_anchor TO vanthu_app, vanthu_definer;

-- What outside CAs answered, checked against their keys before it is kept. Public facts, so no tenant's.
CREATE TABLE signatures.outside_revocation (
    kind        text        NOT NULL,
    key         bytea       NOT NULL,
    content     bytea       NOT NULL,
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    fetched_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outside_revocation_pkey PRIMARY KEY (kind, key),
    CONSTRAINT outside_revocation_kind_known CHECK (kind IN ('ocsp', 'crl')),
    CONSTRAINT outside_revocation_key_valid CHECK (octet_length(key) = 32)
);
COMMENT ON COLUMN signatures.outside_revocation.key IS
    'SHA-256: of certificate and issuer for an OCSP response, of address and issuer for a list.';
GRANT SELECT, INSERT, UPDATE, DELETE ON signatures.outside_revocation TO vanthu_app;

-- Every check of a certificate before it signs (Decree 23/2025, art. 15), also those that forbade it.
CREATE TABLE signatures.certificate_check (
    tenant_id      uuid        NOT NULL DEFAULT platform.current_tenant(),
    id             uuid        NOT NULL DEFAULT platform.uuid_v7(),
    sha256         bytea       NOT NULL,
    subject        text        NOT NULL,
    serial         text        NOT NULL,
    result         text        NOT NULL,
    source         text        NOT NULL,
    root           text,
    detail         text        NOT NULL DEFAULT '',
    post_id        uuid        DEFAULT platform.current_post(),
    account_id     uuid        DEFAULT platform.current_account(),
    request_id     uuid        DEFAULT nullif(pg_catalog.current_setting('vanthu.request', true), '')::uuid,
    checked_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT certificate_check_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT certificate_check_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT certificate_check_post_fkey FOREIGN KEY (tenant_id, post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT certificate_check_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT certificate_check_sha256_valid CHECK (octet_length(sha256) = 32),
    CONSTRAINT certificate_check_result_known CHECK (result IN
        ('good', 'not_yet_valid', 'expired', 'revoked', 'untrusted', 'unsuitable', 'status_unknown')),
    CONSTRAINT certificate_check_source_known CHECK (source IN ('internal', 'ocsp', 'crl', 'none'))
);
CREATE INDEX certificate_check_sha256_idx ON signatures.certificate_check (tenant_id, sha256, id);
COMMENT ON TABLE signatures.certificate_check IS 'Who had which certificate checked when, what came out, and who said so.';
SELECT platform.protect('signatures.certificate_check', 'SELECT, INSERT');
