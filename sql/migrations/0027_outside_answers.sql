-- What other CAs said is kept while it holds, and swept some time after: what proves a signature stands in the signed file, and in the
-- verification that is kept beside it.
-- Locks: creates new objects only, and comments.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';

CREATE INDEX outside_revocation_next_update_idx ON signatures.outside_revocation (next_update);

/* Deletes what has not held for a week. Returns how many. */
CREATE FUNCTION signatures.sweep_outside_revocation() RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    swept integer;
BEGIN
    DELETE FROM signatures.outside_revocation AS o WHERE o.next_update < now() - interval '7 days';
    GET DIAGNOSTICS swept = ROW_COUNT;
    RETURN swept;
END $$;
GRANT EXECUTE ON FUNCTION signatures.sweep_outside_revocation() TO vanthu_app;

COMMENT ON COLUMN signatures.certificate_check.detail IS
    'More about what is not good: also who was asked about revocation in vain, at which address, and why.';
