-- Signatures: the internal CA, certificates of posts and of the organisation, soft keys under PIN, signatures made.
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

CREATE SCHEMA signatures;
GRANT USAGE ON SCHEMA signatures TO vanthu_app, vanthu_definer, vanthu_backup;

-- Authorities of the internal CA. One of each kind serves at a time. Private keys are wrapped with a secret that is not in the database.
CREATE TABLE signatures.authority (
    id           uuid        NOT NULL DEFAULT platform.uuid_v7(),
    kind         text        NOT NULL,
    subject      text        NOT NULL,
    certificate  bytea       NOT NULL,
    wrapped_key  bytea,
    not_after    timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT authority_pkey PRIMARY KEY (id),
    CONSTRAINT authority_kind_known CHECK (kind IN ('root', 'issuing'))
);
CREATE UNIQUE INDEX authority_kind_key ON signatures.authority (kind);
COMMENT ON COLUMN signatures.authority.wrapped_key IS 'AES-256-GCM under the server''s secret; null for a root that is kept offline.';
GRANT SELECT, INSERT ON signatures.authority TO vanthu_app;

-- Certificates of a post (signer) or of the organisation (seal).
CREATE TABLE signatures.certificate (
    tenant_id   uuid        NOT NULL DEFAULT platform.current_tenant(),
    id          uuid        NOT NULL DEFAULT platform.uuid_v7(),
    purpose     text        NOT NULL,
    post_id     uuid,
    subject     text        NOT NULL,
    serial      text        NOT NULL,
    certificate bytea       NOT NULL,
    state       text        NOT NULL DEFAULT 'valid',
    not_before  timestamptz NOT NULL,
    not_after   timestamptz NOT NULL,
    issued_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT certificate_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT certificate_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT certificate_post_fkey FOREIGN KEY (tenant_id, post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT certificate_purpose_known CHECK (purpose IN ('signer', 'seal')),
    CONSTRAINT certificate_state_known CHECK (state IN ('valid', 'revoked')),
    CONSTRAINT certificate_of_someone CHECK ((purpose = 'signer') = (post_id IS NOT NULL))
);
CREATE UNIQUE INDEX certificate_post_key ON signatures.certificate (tenant_id, post_id) WHERE purpose = 'signer' AND state = 'valid';
CREATE UNIQUE INDEX certificate_seal_key ON signatures.certificate (tenant_id, purpose) WHERE purpose = 'seal' AND state = 'valid';
SELECT platform.protect('signatures.certificate');

-- Soft keys: a private key wrapped under a PIN and a secret outside the database. Tries are counted before the PIN is tried.
CREATE TABLE signatures.soft_key (
    tenant_id      uuid     NOT NULL DEFAULT platform.current_tenant(),
    certificate_id uuid     NOT NULL,
    wrapped        bytea    NOT NULL,
    tries_left     smallint NOT NULL DEFAULT 5,
    CONSTRAINT soft_key_pkey PRIMARY KEY (tenant_id, certificate_id),
    CONSTRAINT soft_key_certificate_fkey FOREIGN KEY (tenant_id, certificate_id)
        REFERENCES signatures.certificate (tenant_id, id),
    CONSTRAINT soft_key_tries_sane CHECK (tries_left BETWEEN 0 AND 5)
);
SELECT platform.protect('signatures.soft_key');

-- Signatures made through the system: who, on whose post, on which file, giving which file.
CREATE TABLE signatures.signature (
    tenant_id      uuid        NOT NULL DEFAULT platform.current_tenant(),
    id             uuid        NOT NULL DEFAULT platform.uuid_v7(),
    document_id    uuid        NOT NULL,
    file_id        uuid        NOT NULL,
    purpose        text        NOT NULL,
    certificate_id uuid        NOT NULL,
    signer_name    text        NOT NULL,
    signer_title   text        NOT NULL,
    post_id        uuid        NOT NULL DEFAULT platform.current_post(),
    level          text        NOT NULL DEFAULT 'B-B',
    signed_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signature_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT signature_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT signature_file_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES documents.file (tenant_id, id),
    CONSTRAINT signature_certificate_fkey FOREIGN KEY (tenant_id, certificate_id)
        REFERENCES signatures.certificate (tenant_id, id),
    CONSTRAINT signature_post_fkey FOREIGN KEY (tenant_id, post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT signature_purpose_known CHECK (purpose IN ('signer', 'seal')),
    CONSTRAINT signature_names CHECK (signer_name IS NFC NORMALIZED AND signer_title IS NFC NORMALIZED)
);
CREATE INDEX signature_document_idx ON signatures.signature (tenant_id, document_id, id);
SELECT platform.protect('signatures.signature', 'SELECT, INSERT');
