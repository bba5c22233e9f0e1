-- Benchmark: numbers have no gaps and the counters stand at the last one. Raises when it is not so.
DO $$
DECLARE
    broken bigint;
BEGIN
    SELECT count(*) INTO broken
      FROM (SELECT tenant_id, register_id, series, count(*) AS given, max(number) AS last
              FROM documents.document WHERE number IS NOT NULL GROUP BY tenant_id, register_id, series) AS d
      FULL JOIN documents.register_counter AS c USING (tenant_id, register_id, series)
     WHERE d.given IS DISTINCT FROM d.last OR c.last_number IS DISTINCT FROM d.last;
    IF broken > 0 THEN
        RAISE EXCEPTION '% series have gaps', broken;
    END IF;
END
$$;
