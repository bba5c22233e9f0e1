-- Keeping signatures provable: what proves the signed files of the organisation, until when, and when that is to be looked at again.
-- Locks: ACCESS EXCLUSIVE for a moment on signatures.verification, of which one constraint is made anew.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

/* One row for each signed content, as it arrived or was issued. That content stays what it is. Where it lacks revocation data or time, or
   they age, a copy is kept that begins with it byte for byte and carries on (EN 319 142-1, B-LT and B-LTA); a later one follows that. */
CREATE TABLE signatures.archive (
    tenant_id     uuid        NOT NULL DEFAULT platform.current_tenant(),
    sha256        bytea       NOT NULL,
    copy_sha256   bytea,
    copy_size     bigint,
    carried_until timestamptz,
    due_at        timestamptz NOT NULL,
    reason        text        NOT NULL DEFAULT '',
    renewals      integer     NOT NULL DEFAULT 0,
    begun_at      timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT archive_pkey PRIMARY KEY (tenant_id, sha256),
    CONSTRAINT archive_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES platform.tenant (id),
    CONSTRAINT archive_copy_fkey FOREIGN KEY (copy_sha256) REFERENCES platform.blob (sha256),
    CONSTRAINT archive_sha256_whole CHECK (octet_length(sha256) = 32),
    CONSTRAINT archive_copy_whole CHECK ((copy_sha256 IS NULL) = (copy_size IS NULL)),
    CONSTRAINT archive_reason_word CHECK (reason ~ '^[a-z_]{0,60}$'),
    CONSTRAINT archive_renewals_positive CHECK (renewals >= 0)
);
COMMENT ON COLUMN signatures.archive.copy_sha256 IS 'The newest copy that carries on; null while the content itself does, or nothing does yet.';
COMMENT ON COLUMN signatures.archive.carried_until IS 'When the newest proof of time over all of it ends; null without one.';
COMMENT ON COLUMN signatures.archive.due_at IS 'When it is looked at next; infinity: never by itself.';
COMMENT ON COLUMN signatures.archive.reason IS 'Why it is not carried on; empty when all is well.';
CREATE INDEX archive_due_idx ON signatures.archive (tenant_id, due_at);
CREATE INDEX archive_copy_idx ON signatures.archive (copy_sha256) WHERE copy_sha256 IS NOT NULL;
COMMENT ON INDEX signatures.archive_copy_idx IS 'lint-allow tenant-first: the sweep of contents asks whether any organisation refers to one';
SELECT platform.protect('signatures.archive');

ALTER TABLE signatures.verification
    DROP CONSTRAINT verification_occasion_known,
    ADD CONSTRAINT verification_occasion_known CHECK (occasion IN ('arrival', 'again', 'archive'));

/* Leaves a job for up to `batch` contents of each organisation that are due, and puts each off by a day: should the job come to nothing,
   the next day brings another. Returns how many. */
CREATE FUNCTION signatures.queue_due_archives(batch integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    queued integer;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT d.tenant_id, d.sha256
          FROM platform.tenant AS t
         CROSS JOIN LATERAL (SELECT a.tenant_id, a.sha256 FROM signatures.archive AS a
                              WHERE a.tenant_id = t.id AND a.due_at <= now()
                              ORDER BY a.due_at LIMIT batch FOR UPDATE SKIP LOCKED) AS d
    ), put_off AS (
        UPDATE signatures.archive AS a SET due_at = now() + interval '1 day'
          FROM due WHERE a.tenant_id = due.tenant_id AND a.sha256 = due.sha256
    )
    INSERT INTO platform.job (tenant_id, kind, payload)
    SELECT due.tenant_id, 'archive_file', jsonb_build_object('sha256', encode(due.sha256, 'hex')) FROM due;
    GET DIAGNOSTICS queued = ROW_COUNT;
    RETURN queued;
END $$;
SELECT platform.elevate('signatures.queue_due_archives(integer)');

-- What was verified before there was an archive is looked at in its turn. Row security sees no tenant during a migration; the owner
-- steps past it for the time of this transaction.
ALTER TABLE signatures.archive NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signatures.verification NO FORCE ROW LEVEL SECURITY;
INSERT INTO signatures.archive (tenant_id, sha256, due_at)
SELECT v.tenant_id, v.sha256, now() FROM signatures.verification AS v
 WHERE v.occasion = 'arrival' AND v.trust <> 'untrusted' AND v.report ->> 'format' = 'PDF'
   AND v.verdict IN ('VALID', 'VALID_FULL', 'VALID_WEAK_ALGO', 'CRYPTO_VALID_LEVEL_DISPUTED', 'ALLOWED_WARN');
ALTER TABLE signatures.archive FORCE ROW LEVEL SECURITY;
ALTER TABLE signatures.verification FORCE ROW LEVEL SECURITY;
