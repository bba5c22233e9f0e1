-- Verification: reports on the signatures of files as they were when the file arrived or was issued, with the evidence they rest on.
-- Locks: ACCESS EXCLUSIVE for a moment on documents.file and exchange.delivery_file, which get a trigger each.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- One report. It speaks of content, not of a document: the same bytes in a delivery and in the record made of it have one history.
CREATE TABLE signatures.verification (
    tenant_id  uuid        NOT NULL DEFAULT platform.current_tenant(),
    id         uuid        NOT NULL DEFAULT platform.uuid_v7(),
    sha256     bytea       NOT NULL,
    occasion   text        NOT NULL,
    verdict    text        NOT NULL,
    trust      text        NOT NULL,
    report     jsonb       NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT verification_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT verification_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT verification_sha256_whole CHECK (octet_length(sha256) = 32),
    CONSTRAINT verification_occasion_known CHECK (occasion IN ('arrival', 'again')),
    CONSTRAINT verification_verdict_word CHECK (verdict ~ '^[A-Z_]{1,40}$'),
    CONSTRAINT verification_trust_known CHECK (trust IN ('trusted', 'untrusted', 'unknown'))
);
CREATE UNIQUE INDEX verification_arrival_key ON signatures.verification (tenant_id, sha256) WHERE occasion = 'arrival';
CREATE INDEX verification_sha256_idx ON signatures.verification (tenant_id, sha256, id DESC);
COMMENT ON TABLE signatures.verification IS 'History: rows are added, never changed.';
SELECT platform.protect('signatures.verification', 'SELECT, INSERT');

-- Certificates, OCSP responses and CRLs that reports rest on, each kept once for a tenant.
CREATE TABLE signatures.evidence (
    tenant_id uuid        NOT NULL DEFAULT platform.current_tenant(),
    sha256    bytea       NOT NULL,
    kind      text        NOT NULL,
    content   bytea       NOT NULL,
    kept_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT evidence_pkey PRIMARY KEY (tenant_id, sha256),
    CONSTRAINT evidence_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT evidence_kind_known CHECK (kind IN ('certificate', 'ocsp', 'crl')),
    CONSTRAINT evidence_sha256_right CHECK (sha256 = sha256(content))
);
SELECT platform.protect('signatures.evidence', 'SELECT, INSERT');

CREATE TABLE signatures.verification_evidence (
    tenant_id       uuid  NOT NULL DEFAULT platform.current_tenant(),
    verification_id uuid  NOT NULL,
    sha256          bytea NOT NULL,
    CONSTRAINT verification_evidence_pkey PRIMARY KEY (tenant_id, verification_id, sha256),
    CONSTRAINT verification_evidence_verification_fkey FOREIGN KEY (tenant_id, verification_id)
        REFERENCES signatures.verification (tenant_id, id),
    CONSTRAINT verification_evidence_evidence_fkey FOREIGN KEY (tenant_id, sha256) REFERENCES signatures.evidence (tenant_id, sha256)
);
CREATE INDEX verification_evidence_sha256_idx ON signatures.verification_evidence (tenant_id, sha256);
SELECT platform.protect('signatures.verification_evidence', 'SELECT, INSERT');

/* Leaves a job to verify a file that arrived: what another organisation delivered, the main file of an incoming document, the file that
   the organisation's seal made. Content that was verified on arrival already is not verified again. */
CREATE FUNCTION signatures.verify_arrival() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO platform.job (tenant_id, kind, payload)
    SELECT NEW.tenant_id, 'verify_file', jsonb_build_object('sha256', encode(NEW.sha256, 'hex'))
     WHERE NOT EXISTS (SELECT FROM signatures.verification AS v
                        WHERE v.tenant_id = NEW.tenant_id AND v.sha256 = NEW.sha256 AND v.occasion = 'arrival');
    RETURN NULL;
END $$;

CREATE TRIGGER delivery_file_verify AFTER INSERT ON exchange.delivery_file
    FOR EACH ROW WHEN (NEW.role = 'main') EXECUTE FUNCTION signatures.verify_arrival();
CREATE TRIGGER file_verify_sealed AFTER INSERT ON documents.file
    FOR EACH ROW WHEN (NEW.role = 'main' AND NEW.origin IN ('seal', 'delivery')) EXECUTE FUNCTION signatures.verify_arrival();

/* As verify_arrival, for a file that was uploaded to an incoming document. */
CREATE FUNCTION signatures.verify_upload() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (SELECT FROM documents.document AS d
                WHERE d.tenant_id = NEW.tenant_id AND d.id = NEW.document_id AND d.direction = 'incoming') THEN
        INSERT INTO platform.job (tenant_id, kind, payload)
        VALUES (NEW.tenant_id, 'verify_file', jsonb_build_object('sha256', encode(NEW.sha256, 'hex')));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER file_verify_uploaded AFTER INSERT ON documents.file
    FOR EACH ROW WHEN (NEW.role = 'main' AND NEW.origin = 'upload') EXECUTE FUNCTION signatures.verify_upload();
