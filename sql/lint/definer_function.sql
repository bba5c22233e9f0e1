-- A SECURITY DEFINER function that can be led astray by the caller's search_path, that does not belong to vanthu_definer, or that
-- everybody may call.
SELECT 'definer-function' AS rule,
       p.oid::regprocedure::text AS object,
       concat_ws('; ',
           CASE WHEN NOT coalesce('search_path=pg_catalog' = ANY (p.proconfig), false) THEN 'SET search_path = pg_catalog' END,
           CASE WHEN p.proowner <> 'vanthu_definer'::regrole OR open.to_all THEN 'SELECT platform.elevate(''' || p.oid::regprocedure || ''')' END) AS remedy
  FROM pg_proc AS p
  JOIN pg_namespace AS n ON n.oid = p.pronamespace
 CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
                                     WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE') AS to_all) AS open
 WHERE p.prosecdef
   AND n.nspname !~ '^(pg_|information_schema$|public$)'
   AND (NOT coalesce('search_path=pg_catalog' = ANY (p.proconfig), false)
        OR p.proowner <> 'vanthu_definer'::regrole
        OR open.to_all)
 ORDER BY 2;
