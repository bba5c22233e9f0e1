-- Signing on any device in two steps: certificates on tokens and at remote services beside soft keys, sessions that fix the bytes of
-- documents to be signed, and their items that wait for the signature values.
-- Locks: ACCESS EXCLUSIVE for a moment on signatures.certificate and signatures.soft_key, a row each for every post that signs: they are
-- rewritten.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

ALTER TABLE signatures.certificate
    ADD COLUMN device      text  NOT NULL DEFAULT 'soft',
    ADD COLUMN kind        text  NOT NULL DEFAULT 'internal',
    ADD COLUMN chain       bytea NOT NULL DEFAULT '',
    ADD COLUMN fingerprint bytea NOT NULL GENERATED ALWAYS AS (sha256(certificate)) STORED,
    ADD CONSTRAINT certificate_device_known CHECK (device IN ('soft', 'token', 'remote')),
    ADD CONSTRAINT certificate_kind_known CHECK (kind IN
        ('internal', 'national_personal', 'national_organisation', 'public_duty', 'unknown'));
COMMENT ON COLUMN signatures.certificate.device IS 'Where the private key is: with the server under a PIN, on a token in the person''s hand, at a remote signing service.';
COMMENT ON COLUMN signatures.certificate.kind IS 'By the root that the certificate led to when it was registered; judged anew at every signature.';
COMMENT ON COLUMN signatures.certificate.chain IS 'The issuers'' certificates, DER, one after the other, nearest first; empty for the internal CA''s, which signatures.authority has.';

-- One soft key of a holder is in force at a time; of devices a person may have several, each known once.
DROP INDEX signatures.certificate_post_key;
DROP INDEX signatures.certificate_seal_key;
CREATE UNIQUE INDEX certificate_post_key ON signatures.certificate (tenant_id, post_id)
    WHERE purpose = 'signer' AND state = 'valid' AND device = 'soft';
CREATE UNIQUE INDEX certificate_seal_key ON signatures.certificate (tenant_id, purpose)
    WHERE purpose = 'seal' AND state = 'valid' AND device = 'soft';
CREATE UNIQUE INDEX certificate_device_key ON signatures.certificate (tenant_id, fingerprint, purpose, post_id) NULLS NOT DISTINCT
    WHERE state = 'valid' AND device <> 'soft';

-- Wrong PINs since the last right one, counted before a PIN is tried. The fifth locks the key for 15 minutes, each further one for twice
-- as long, the tenth until a new key is made.
ALTER TABLE signatures.soft_key DROP CONSTRAINT soft_key_tries_sane;
ALTER TABLE signatures.soft_key ALTER COLUMN tries_left DROP DEFAULT;
ALTER TABLE signatures.soft_key ALTER COLUMN tries_left TYPE smallint USING 5 - tries_left;
ALTER TABLE signatures.soft_key RENAME COLUMN tries_left TO failures;
ALTER TABLE signatures.soft_key
    ALTER COLUMN failures SET DEFAULT 0,
    ADD COLUMN locked_until timestamptz,
    ADD CONSTRAINT soft_key_failures_sane CHECK (failures BETWEEN 0 AND 10);

/* How many PINs may be tried before a key with so many failures locks; 0 while it is locked. */
CREATE FUNCTION signatures.tries_left(failures smallint, locked_until timestamptz) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN failures >= 10 OR coalesce(locked_until > now(), false) THEN 0 ELSE greatest(5 - failures, 1) END
$$;

-- A signing session: one person in one post, one certificate, up to fifty documents, a few minutes. It survives a restart.
CREATE TABLE signatures.signing_session (
    tenant_id      uuid        NOT NULL DEFAULT platform.current_tenant(),
    id             uuid        NOT NULL DEFAULT platform.uuid_v7(),
    account_id     uuid        NOT NULL DEFAULT platform.current_account(),
    post_id        uuid        NOT NULL DEFAULT platform.current_post(),
    purpose        text        NOT NULL,
    certificate_id uuid        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,
    abandoned_at   timestamptz,
    CONSTRAINT signing_session_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT signing_session_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES platform.account (tenant_id, id),
    CONSTRAINT signing_session_post_fkey FOREIGN KEY (tenant_id, post_id) REFERENCES organisation.post (tenant_id, id),
    CONSTRAINT signing_session_certificate_fkey FOREIGN KEY (tenant_id, certificate_id)
        REFERENCES signatures.certificate (tenant_id, id),
    CONSTRAINT signing_session_purpose_known CHECK (purpose IN ('signer', 'seal'))
);
SELECT platform.protect('signatures.signing_session');

-- One document of a session. Prepared: the bytes are fixed and wait for the signature value. What was signed and by what rule stays.
CREATE TABLE signatures.signing_item (
    tenant_id         uuid        NOT NULL DEFAULT platform.current_tenant(),
    id                uuid        NOT NULL DEFAULT platform.uuid_v7(),
    session_id        uuid        NOT NULL,
    position          integer     NOT NULL,
    document_id       uuid        NOT NULL,
    document_version  bigint      NOT NULL,
    state             text        NOT NULL,
    file_name         text,
    page_count        bigint,
    base              bytea,
    addition          bytea,
    prepared          bytea,
    signed_attributes bytea,
    digest            bytea,
    algorithm         text,
    signer_name       text,
    signer_title      text,
    decision          jsonb,
    problem_status    integer,
    problem           text,
    signature_id      uuid,
    result_state      text,
    result_version    bigint,
    completed_at      timestamptz,
    CONSTRAINT signing_item_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT signing_item_position_key UNIQUE (tenant_id, session_id, position),
    CONSTRAINT signing_item_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES signatures.signing_session (tenant_id, id),
    CONSTRAINT signing_item_document_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES documents.document (tenant_id, id),
    CONSTRAINT signing_item_signature_fkey FOREIGN KEY (tenant_id, signature_id) REFERENCES signatures.signature (tenant_id, id),
    CONSTRAINT signing_item_state_known CHECK (state IN ('prepared', 'completed', 'refused')),
    CONSTRAINT signing_item_whole CHECK (state <> 'completed' OR (signature_id IS NOT NULL AND result_version IS NOT NULL)),
    CONSTRAINT signing_item_texts CHECK (coalesce(file_name, '') IS NFC NORMALIZED AND coalesce(signer_name, '') IS NFC NORMALIZED
        AND coalesce(signer_title, '') IS NFC NORMALIZED)
);
COMMENT ON COLUMN signatures.signing_item.base IS 'SHA-256 of the file as it was stored: the document''s main file when it was prepared.';
COMMENT ON COLUMN signatures.signing_item.addition IS 'What is put after it before signing: fields for number, date, signature and seal, or the values of number and date.';
COMMENT ON COLUMN signatures.signing_item.prepared IS 'PreparedSignature.state: the update that carries the signature, with room for its value. Null once it is over.';
COMMENT ON COLUMN signatures.signing_item.decision IS 'What the policy decided: kind of certificate, class, step and channel, the two titles, warnings.';
CREATE INDEX signing_item_document_idx ON signatures.signing_item (tenant_id, document_id);
SELECT platform.protect('signatures.signing_item');

/* Forgets the bytes of sessions that are over, and a month later those that came to nothing. What was signed stays as evidence. */
CREATE FUNCTION signatures.sweep() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE signatures.signing_item AS i SET addition = NULL, prepared = NULL
      FROM signatures.signing_session AS s
     WHERE s.tenant_id = i.tenant_id AND s.id = i.session_id AND i.prepared IS NOT NULL AND i.state <> 'completed'
       AND least(s.expires_at, s.abandoned_at) < now() - interval '1 hour';
    DELETE FROM signatures.signing_item AS i
     USING signatures.signing_session AS s
     WHERE s.tenant_id = i.tenant_id AND s.id = i.session_id AND i.state <> 'completed'
       AND s.expires_at < now() - interval '30 days';
    DELETE FROM signatures.signing_session AS s
     WHERE s.expires_at < now() - interval '30 days'
       AND NOT EXISTS (SELECT FROM signatures.signing_item AS i WHERE i.tenant_id = s.tenant_id AND i.session_id = s.id);
END $$;
SELECT platform.elevate('signatures.sweep()');
