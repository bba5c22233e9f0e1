-- An index of a tenant table that row security makes useless: its operators, or the expression it is on, are not leakproof, so the
-- planner may not ask it before the policy. Where only a definer function uses the index, say so:
-- COMMENT ON INDEX … IS 'lint-allow leakproof-index: only documents.search uses it'.
SELECT 'leakproof-index' AS rule,
       i.indexrelid::regclass::text AS object,
       'index a column with leakproof comparisons (text, uuid, integers, dates), or ask through a definer function' AS remedy
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relrowsecurity
   AND n.nspname !~ '^(pg_|information_schema$|public$)'
   AND coalesce(obj_description(i.indexrelid, 'pg_class'), '') !~ 'lint-allow leakproof-index: .'
   AND (0 = ANY (i.indkey::smallint[])
        OR EXISTS (SELECT
                     FROM unnest(i.indclass::oid[]) AS used (class)
                     JOIN pg_opclass AS k ON k.oid = used.class
                     JOIN pg_amop AS o ON o.amopfamily = k.opcfamily AND o.amoplefttype = k.opcintype AND o.amoppurpose = 's'
                     JOIN pg_operator AS op ON op.oid = o.amopopr
                     JOIN pg_proc AS f ON f.oid = op.oprcode
                    WHERE o.amoprighttype = k.opcintype AND NOT f.proleakproof
                       OR k.opcmethod IN (SELECT oid FROM pg_am WHERE amname IN ('gin', 'gist', 'spgist')) AND NOT f.proleakproof))
 ORDER BY 2;
