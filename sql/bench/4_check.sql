-- Benchmark, part 4: what was made as sets is as true as what the product itself would have written. Raises when it is not.
DO $$
DECLARE
    key    record;
    broken bigint;
BEGIN
    -- Foreign keys, read from the catalogue.
    FOR key IN
        SELECT c.conname, c.conrelid::regclass AS child, c.confrelid::regclass AS parent,
               (SELECT string_agg(format('p.%I = c.%I', f.attname, a.attname), ' AND ' ORDER BY k.n)
                  FROM unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (own, other, n)
                  JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.own
                  JOIN pg_attribute AS f ON f.attrelid = c.confrelid AND f.attnum = k.other) AS match,
               (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ')
                  FROM unnest(c.conkey) AS k (own)
                  JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.own) AS whole
          FROM pg_constraint AS c
         WHERE c.contype = 'f' AND c.conrelid::regclass::text ~ '^(documents|workflow|organisation|platform)\.'
    LOOP
        EXECUTE format('SELECT count(*) FROM %s AS c WHERE %s AND NOT EXISTS (SELECT FROM %s AS p WHERE %s)',
                       key.child, key.whole, key.parent, key.match) INTO broken;
        IF broken > 0 THEN
            RAISE EXCEPTION '% rows of % break %', broken, key.child, key.conname;
        END IF;
    END LOOP;
END
$$;

\ir numbers.sql

-- Search entries are what the product's own function writes, which is asked here as the role that serves.
BEGIN;
SET LOCAL ROLE vanthu_app;
DO $$
DECLARE
    sample uuid[];
    before tsvector[];
    after  tsvector[];
BEGIN
    PERFORM platform.begin_system(bench.tenant(5));
    SELECT array_agg(x.document_id ORDER BY x.document_id), array_agg(strip(x.words) ORDER BY x.document_id) INTO sample, before
      FROM (SELECT document_id, words FROM documents.search_entry ORDER BY document_id LIMIT 200) AS x;
    PERFORM documents.index_document(x) FROM unnest(sample) AS x;
    SELECT array_agg(strip(words) ORDER BY document_id) INTO after FROM documents.search_entry WHERE document_id = ANY (sample);
    IF before IS DISTINCT FROM after THEN
        RAISE EXCEPTION 'search entries differ from what documents.index_document writes';
    END IF;
END
$$;
ROLLBACK;
