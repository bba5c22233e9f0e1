-- Benchmark: what wrk asks, one request a line: method, path, session secret, CSRF token, If-Match,
-- whether an Idempotency-Key goes with it, body. The pages ask as their cases of the API do.
-- :'case' chooses; :first and :last are the waiting documents (see waiting.sql) to issue.
SELECT documents, documents / 64 / 20 - 1 AS last_score FROM bench.size \gset
CREATE TEMPORARY TABLE vocabulary AS
SELECT bench.phrases('action') AS action, bench.phrases('matter') AS matter, bench.phrases('place') AS place,
       bench.phrases('period') AS period, bench.phrases('sender') AS senders;
CREATE TEMPORARY TABLE asked AS
SELECT i, (random() * 63)::integer AS t, (100 + floor(random() * 32))::integer AS specialist,
       -- A document that went out or is internal, so that its drafter is known: see bench.document.
       (20 * floor(random() * (:last_score + 1)) + 9 + floor(random() * 11))::bigint AS k, floor(random() * 16)::integer AS q
  FROM generate_series(1, 4096) AS i;

SELECT r.method, r.path, c.secret,
       CASE r.method WHEN 'GET' THEN ''
                     ELSE rtrim(translate(encode(sha256(convert_to('csrf:' || c.secret, 'UTF8')), 'base64'), '+/', '-_'), '=') END,
       r.version, r.key, r.body
  FROM (SELECT i, 'GET' AS method, '/api/v1/tasks?limit=20' AS path, t, specialist AS p, '' AS version, '' AS key, '' AS body
          FROM asked WHERE :'case' = 'work-list'
        UNION ALL
        SELECT i, 'GET', '/work', t, specialist, '', '', '' FROM asked WHERE :'case' = 'work-list-page'
        UNION ALL
        SELECT i, 'GET', '/documents/' || bench.document(k * 64 + t), t, (100 + k % 32)::integer, '', '', ''
          FROM asked WHERE :'case' = 'document-page'
        UNION ALL
        SELECT i, 'GET', '/search?q=' || (string_to_array(:'encoded', '|'))[1 + q], t, 3, '', '', ''
          FROM asked WHERE :'case' = 'search-page'
        UNION ALL
        SELECT i, 'GET', '/api/v1/documents/' || bench.document(k * 64 + t), t, (100 + k % 32)::integer, '', '', ''
          FROM asked WHERE :'case' = 'document'
        UNION ALL
        SELECT i, 'GET', '/api/v1/search?limit=20&q=' || (string_to_array(:'encoded', '|'))[1 + q], t, 3, '', '', ''
          FROM asked WHERE :'case' = 'search'
        UNION ALL
        SELECT i, 'POST', '/api/v1/documents', t, specialist, '', 'key',
               json_build_object('direction', 'outgoing', 'type', 'CV', 'urgency', 'normal', 'signer_post_id', bench.post(t, 0),
                                 'subject', concat_ws(' ', bench.pick(action, i), bench.pick(matter, i / 7), bench.pick(place, i / 3),
                                                      bench.pick(period, i / 5)))::text
          FROM asked, vocabulary
         WHERE :'case' = 'draft'
        UNION ALL
        SELECT n, 'POST', '/api/v1/documents/' || bench.waiting(n) || '/issue', (n % 64)::integer, 3, '"4"', 'key',
               json_build_object('register_id', bench.register((n % 64)::integer,
                   extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::integer, 'internal'))::text
          FROM generate_series(:first::bigint, :last::bigint) AS n WHERE :'case' = 'issue') AS r,
       LATERAL (SELECT rtrim(translate(encode(bench.secret(r.t, r.p), 'base64'), '+/', '-_'), '=') AS secret) AS c
 ORDER BY r.i;
