-- A column of an enumerated type: its comparisons are not leakproof, so under row security no index serves them.
SELECT 'enum-column' AS rule,
       a.attrelid::regclass || '.' || a.attname AS object,
       'text with a named CHECK' AS remedy
  FROM pg_attribute AS a
  JOIN pg_class AS c ON c.oid = a.attrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_type AS e ON e.oid = t.typelem
 WHERE c.relkind IN ('r', 'p')
   AND NOT a.attisdropped
   AND n.nspname !~ '^(pg_|information_schema$|public$)'
   AND (t.typtype = 'e' OR e.typtype = 'e')
 ORDER BY 2;
