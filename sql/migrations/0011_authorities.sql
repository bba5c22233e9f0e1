-- The internal CA in full: authorities of every kind that follow each other, why and when a certificate was revoked, the lists that say
-- so, and the clock of the time-stamp service.
-- Locks: ACCESS EXCLUSIVE for a moment on signatures.authority (a handful of rows) and on signatures.certificate (a row or two a post).
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

-- ---------------------------------------------------------------------------------------------------------------------------
-- Authorities

-- Of each kind one is active; an earlier one is retired: it issues nothing any more, and still answers for what it issued.
-- A responder signs the answers about the certificates of its issuer (RFC 6960, 4.2.2.2).
ALTER TABLE signatures.authority
    DROP CONSTRAINT authority_kind_known,
    ADD COLUMN issuer_id uuid,
    ADD COLUMN serial text,
    ADD COLUMN state text NOT NULL DEFAULT 'active',
    ADD COLUMN not_before timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN revoked_at timestamptz,
    ADD COLUMN revocation_reason text;
-- The certificates that stand here were all made by this program, with a serial number of 16 bytes in one place.
UPDATE signatures.authority SET serial = upper(encode(substr(certificate, 16, 16), 'hex'));
UPDATE signatures.authority SET issuer_id = (SELECT r.id FROM signatures.authority AS r WHERE r.kind = 'root') WHERE kind = 'issuing';
DROP INDEX signatures.authority_kind_key;
ALTER TABLE signatures.authority
    ALTER COLUMN serial SET NOT NULL,
    ADD CONSTRAINT authority_kind_known CHECK (kind IN ('root', 'issuing', 'responder', 'time_stamp')),
    ADD CONSTRAINT authority_state_known CHECK (state IN ('active', 'retired', 'revoked')),
    ADD CONSTRAINT authority_issuer_fkey FOREIGN KEY (issuer_id) REFERENCES signatures.authority (id),
    ADD CONSTRAINT authority_below_another CHECK ((kind = 'root') = (issuer_id IS NULL)),
    ADD CONSTRAINT authority_serial_form CHECK (serial ~ '^[0-9A-F]{2,40}$'),
    ADD CONSTRAINT authority_revocation CHECK ((state = 'revoked') = (revoked_at IS NOT NULL AND revocation_reason IS NOT NULL)),
    ADD CONSTRAINT authority_reason_known CHECK (revocation_reason IN ('unspecified', 'key_compromise', 'superseded',
        'cessation_of_operation'));
CREATE UNIQUE INDEX authority_active_key ON signatures.authority (kind) WHERE state = 'active' AND kind <> 'responder';
CREATE UNIQUE INDEX authority_responder_key ON signatures.authority (issuer_id) WHERE state = 'active' AND kind = 'responder';
CREATE UNIQUE INDEX authority_serial_key ON signatures.authority (issuer_id, serial);
COMMENT ON COLUMN signatures.authority.wrapped_key IS
    'AES-256-GCM under the server''s secret; null for a root that is kept offline.';
GRANT UPDATE (state) ON signatures.authority TO vanthu_app;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Revocation

-- Row security sees no tenant during a migration; the owner steps past it for the time of this transaction, under its exclusive lock.
ALTER TABLE signatures.certificate NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signatures.certificate
    ADD COLUMN authority_id uuid,
    ADD COLUMN revoked_at timestamptz,
    ADD COLUMN revocation_reason text,
    ADD COLUMN revocation_note text NOT NULL DEFAULT '',
    ADD COLUMN revoked_by uuid;
UPDATE signatures.certificate
   SET authority_id = (SELECT a.id FROM signatures.authority AS a WHERE a.kind = 'issuing'),
       revoked_at = CASE state WHEN 'revoked' THEN now() END,
       revocation_reason = CASE state WHEN 'revoked' THEN 'superseded' END;
ALTER TABLE signatures.certificate
    ADD CONSTRAINT certificate_authority_fkey FOREIGN KEY (authority_id) REFERENCES signatures.authority (id),
    ADD CONSTRAINT certificate_revoker_fkey FOREIGN KEY (tenant_id, revoked_by) REFERENCES platform.account (tenant_id, id),
    ADD CONSTRAINT certificate_revocation CHECK ((state = 'revoked') = (revoked_at IS NOT NULL AND revocation_reason IS NOT NULL)),
    ADD CONSTRAINT certificate_reason_known CHECK (revocation_reason IN ('unspecified', 'key_compromise', 'key_lost',
        'affiliation_changed', 'superseded', 'cessation_of_operation', 'privilege_withdrawn')),
    ADD CONSTRAINT certificate_note_text CHECK (char_length(revocation_note) <= 500 AND revocation_note IS NFC NORMALIZED);
ALTER TABLE signatures.certificate FORCE ROW LEVEL SECURITY;
COMMENT ON COLUMN signatures.certificate.authority_id IS 'The authority of the internal CA that issued it; null for a certificate of another CA.';
COMMENT ON COLUMN signatures.certificate.revoked_by IS 'The account that revoked it; null when the system did with a change of post.';
CREATE INDEX certificate_serial_idx ON signatures.certificate (authority_id, serial);
COMMENT ON INDEX signatures.certificate_serial_idx IS
    'lint-allow tenant-first: status is asked by serial number, without a tenant; serials are random and on the public lists.';
CREATE INDEX certificate_revoked_idx ON signatures.certificate (authority_id, revoked_at) WHERE state = 'revoked';
COMMENT ON INDEX signatures.certificate_revoked_idx IS 'lint-allow tenant-first: the list of an authority is made over all tenants.';

/* What an authority knows of the certificates with these serial numbers (hexadecimal, capitals): its own authorities and those of posts
   and organisations of all tenants. No row for a serial number that it never gave. It tells what OCSP tells anybody, and no more. */
CREATE FUNCTION signatures.status_of(authority uuid, serials text[])
RETURNS TABLE (serial text, revoked_at timestamptz, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    -- A card that serves two posts of a person stands here twice: revoked for one is revoked.
    SELECT DISTINCT ON (r.serial) r.serial, r.revoked_at, r.revocation_reason
      FROM (SELECT c.serial, c.revoked_at, c.revocation_reason
              FROM signatures.certificate AS c
             WHERE c.authority_id = status_of.authority AND c.serial = ANY (status_of.serials)
             UNION ALL
            SELECT a.serial, a.revoked_at, a.revocation_reason
              FROM signatures.authority AS a
             WHERE a.issuer_id = status_of.authority AND a.serial = ANY (status_of.serials)) AS r
     ORDER BY r.serial, r.revoked_at NULLS LAST
$$;

/* Everything that an authority has revoked, over all tenants: what its list says to anybody. Entries stay after the certificate has
   expired, because documents are judged for decades. */
CREATE FUNCTION signatures.revoked_by_authority(authority uuid)
RETURNS TABLE (serial text, revoked_at timestamptz, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT DISTINCT ON (r.serial) r.serial, r.revoked_at, r.revocation_reason
      FROM (SELECT c.serial, c.revoked_at, c.revocation_reason
              FROM signatures.certificate AS c
             WHERE c.authority_id = revoked_by_authority.authority AND c.state = 'revoked'
             UNION ALL
            SELECT a.serial, a.revoked_at, a.revocation_reason
              FROM signatures.authority AS a
             WHERE a.issuer_id = revoked_by_authority.authority AND a.state = 'revoked') AS r
     ORDER BY r.serial, r.revoked_at
$$;
GRANT SELECT ON signatures.authority TO vanthu_definer;
SELECT platform.elevate('signatures.status_of(uuid, text[])');
SELECT platform.elevate('signatures.revoked_by_authority(uuid)');

-- Certificate revocation lists (RFC 5280, 5), each with the next number of its authority.
CREATE TABLE signatures.revocation_list (
    authority_id uuid        NOT NULL,
    number       bigint      NOT NULL,
    list         bytea       NOT NULL,
    entries      integer     NOT NULL,
    this_update  timestamptz NOT NULL,
    next_update  timestamptz NOT NULL,
    CONSTRAINT revocation_list_pkey PRIMARY KEY (authority_id, number),
    CONSTRAINT revocation_list_authority_fkey FOREIGN KEY (authority_id) REFERENCES signatures.authority (id),
    CONSTRAINT revocation_list_number_positive CHECK (number > 0),
    CONSTRAINT revocation_list_lasts CHECK (next_update > this_update)
);
COMMENT ON TABLE signatures.revocation_list IS 'Lists as they were published. Not protected: they are for everybody.';
GRANT SELECT, INSERT, DELETE ON signatures.revocation_list TO vanthu_app;

-- ---------------------------------------------------------------------------------------------------------------------------
-- Time stamps

-- One clock for all servers: serial numbers go up by one, and no two tokens bear the same time (RFC 3161, 2.4.2: ordering).
CREATE TABLE signatures.time_stamp_clock (
    is_the_only boolean     NOT NULL DEFAULT true,
    serial      bigint      NOT NULL,
    told_at     timestamptz NOT NULL,
    CONSTRAINT time_stamp_clock_pkey PRIMARY KEY (is_the_only),
    CONSTRAINT time_stamp_clock_one_row CHECK (is_the_only)
);
COMMENT ON TABLE signatures.time_stamp_clock IS 'The last serial number and time that a token was given.';
INSERT INTO signatures.time_stamp_clock (serial, told_at) VALUES (0, now());
GRANT SELECT, UPDATE (serial, told_at) ON signatures.time_stamp_clock TO vanthu_app;
