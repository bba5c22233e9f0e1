-- What operators do to the installation as a whole, in a chain of its own; which secret the kept keys are under; and whose certificates
-- have outlived their post.
-- Locks: creates new objects only.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- ---------------------------------------------------------------------------------------------------------------------------
-- Audit of the installation: the ceremonies of the internal CA belong to no organisation. The same chain as a tenant's, under the id of
-- none: hash = sha256(format byte || previous hash || canonical text as UTF-8).

CREATE TABLE platform.operation_head (
    is_the_only boolean NOT NULL DEFAULT true,
    seq         bigint  NOT NULL,
    hash        bytea   NOT NULL,
    CONSTRAINT operation_head_pkey PRIMARY KEY (is_the_only),
    CONSTRAINT operation_head_one_row CHECK (is_the_only)
);
COMMENT ON TABLE platform.operation_head IS 'The last entry of the installation''s chain. Not protected: it is no organisation''s.';
INSERT INTO platform.operation_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
GRANT SELECT ON platform.operation_head TO vanthu_app;
GRANT SELECT, UPDATE ON platform.operation_head TO vanthu_definer;

CREATE TABLE platform.operation_entry (
    seq           bigint      NOT NULL,
    at            timestamptz NOT NULL,
    action        text        NOT NULL,
    subject_kind  text        NOT NULL,
    subject_id    uuid,
    format        smallint    NOT NULL,
    canonical     text        NOT NULL,
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL,
    CONSTRAINT operation_entry_pkey PRIMARY KEY (seq),
    CONSTRAINT operation_entry_seq_positive CHECK (seq > 0),
    CONSTRAINT operation_entry_hash_valid CHECK (octet_length(hash) = 32 AND octet_length(previous_hash) = 32)
);
COMMENT ON TABLE platform.operation_entry IS
    'What operators and the system itself did to the installation as a whole. Not protected: it is no organisation''s.';
GRANT SELECT ON platform.operation_entry TO vanthu_app;
GRANT SELECT, INSERT ON platform.operation_entry TO vanthu_definer;
CREATE TRIGGER operation_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON platform.operation_entry
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();

/* Appends to the installation's chain. `operator` says who on which machine; null for the system itself. It locks the head until the
   transaction ends, so it is called last. */
CREATE FUNCTION platform.record_operation(action text, subject_kind text, subject uuid, operator jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    head      platform.operation_head;
    written   timestamptz;
    canonical text;
    digest    bytea;
BEGIN
    SELECT * INTO STRICT head FROM platform.operation_head FOR NO KEY UPDATE;
    written := clock_timestamp();
    canonical := jsonb_build_object(
        'tenant', '00000000-0000-0000-0000-000000000000', 'seq', head.seq + 1,
        'at', to_char(written AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'action', action, 'subject_kind', subject_kind, 'subject', subject, 'operator', operator, 'after', after)::text;
    digest := sha256('\x01'::bytea || head.hash || convert_to(canonical, 'UTF8'));
    INSERT INTO platform.operation_entry (seq, at, action, subject_kind, subject_id, format, canonical, previous_hash, hash)
    VALUES (head.seq + 1, written, record_operation.action, record_operation.subject_kind, subject, 1, canonical, head.hash, digest);
    UPDATE platform.operation_head SET seq = head.seq + 1, hash = digest;
END $$;
SELECT platform.elevate('platform.record_operation(text, text, uuid, jsonb, jsonb)');

-- ---------------------------------------------------------------------------------------------------------------------------
-- The secret outside the database, by a value that tells it from others and nothing of it.

CREATE TABLE signatures.server_secret (
    is_the_only boolean     NOT NULL DEFAULT true,
    fingerprint bytea       NOT NULL,
    since       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT server_secret_pkey PRIMARY KEY (is_the_only),
    CONSTRAINT server_secret_one_row CHECK (is_the_only),
    CONSTRAINT server_secret_fingerprint_size CHECK (octet_length(fingerprint) = 32)
);
COMMENT ON TABLE signatures.server_secret IS
    'HMAC-SHA256 of a fixed text under the key file that the kept keys are wrapped under. Not protected: it is the installation''s.';
GRANT SELECT, INSERT, UPDATE ON signatures.server_secret TO vanthu_app;

/* Whether any key is wrapped under the server's secret: an authority's, or a soft key of any organisation. */
CREATE FUNCTION signatures.has_wrapped_keys() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM signatures.authority WHERE wrapped_key IS NOT NULL) OR EXISTS (SELECT FROM signatures.soft_key)
$$;
SELECT platform.elevate('signatures.has_wrapped_keys()');

-- ---------------------------------------------------------------------------------------------------------------------------
-- Certificates whose holder has no right to them any more.

/* The certificates in force of posts that have ended, with the moment the post ended (the first of its last date, which no longer counts),
   and of people whose accounts have all been closed. An account that is only suspended may come back, so nothing is taken from it for good. */
CREATE VIEW signatures.outlived_certificate WITH (security_invoker = true) AS
    SELECT c.tenant_id, c.id AS certificate_id,
           CASE WHEN t.ended_on <= current_date
                THEN greatest(c.not_before, t.ended_on::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') ELSE now() END AS ended_at,
           CASE WHEN t.ended_on <= current_date THEN 'cessation_of_operation' ELSE 'privilege_withdrawn' END AS reason
      FROM signatures.certificate AS c
      JOIN organisation.post AS t ON t.tenant_id = c.tenant_id AND t.id = c.post_id
     WHERE c.state = 'valid'
       AND c.purpose = 'signer'
       AND (t.ended_on <= current_date
            OR EXISTS (SELECT FROM platform.account AS a
                        WHERE a.tenant_id = t.tenant_id AND a.person_id = t.person_id AND a.state = 'closed')
               AND NOT EXISTS (SELECT FROM platform.account AS a
                                WHERE a.tenant_id = t.tenant_id AND a.person_id = t.person_id AND a.state <> 'closed'));
COMMENT ON VIEW signatures.outlived_certificate IS 'Under the rights of whoever asks: an organisation sees its own.';
GRANT SELECT ON signatures.outlived_certificate TO vanthu_app, vanthu_definer;

/* The organisations that have such certificates: whom the clock has something to do for. */
CREATE FUNCTION signatures.tenants_with_outlived_certificates() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT DISTINCT o.tenant_id FROM signatures.outlived_certificate AS o
$$;
SELECT platform.elevate('signatures.tenants_with_outlived_certificates()');
