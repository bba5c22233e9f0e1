-- Benchmark: the five cases as pgbench plays them, one JSON object a line: the request whose statements are recorded, how a script
-- chooses (`choice`), and which recorded values a script replaces by what it chose (`names`). :queries are the searches, :first the number
-- of a waiting document.
SELECT (extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh'))::integer AS year, documents / 64 / 20 - 1 AS last_score
  FROM bench.size \gset
SELECT json_build_object(
           'case', c.name, 'method', c.method, 'path', c.path, 'choice', c.choice, 'if_match', c.version, 'body', c.body,
           'key', c.method = 'POST', 'session', rtrim(translate(encode(bench.secret(c.t, c.p), 'base64'), '+/', '-_'), '='),
           'names', json_build_object(encode(bench.session_hash(c.t, c.p), 'hex'),
                                      'bench.session_hash(:t::integer, :p::integer)')::jsonb || c.names)
  FROM (VALUES
        ('work-list', 'GET', '/api/v1/tasks?limit=20', 5, 101, '', '',
         E'\\set t random(0, 63)\n\\set p random(100, 131)', '{}'::jsonb),
        ('document', 'GET', '/api/v1/documents/' || bench.document(9 * 64 + 5), 5, 109, '', '',
         format(E'\\set k 20 * random(0, %s) + random(9, 19)\n\\set t random(0, 63)\n\\set n :k * 64 + :t\n\\set p 100 + :k %% 32',
                :'last_score'),
         jsonb_build_object(bench.document(9 * 64 + 5), 'bench.document(:n::bigint)')),
        ('search', 'GET', '/api/v1/search?limit=20&q=' || (string_to_array(:'encoded', '|'))[1], 5, 3, '', '',
         E'\\set t random(0, 63)\n\\set p 3\n\\set q random(1, 16)',
         jsonb_build_object((string_to_array(:'queries', '|'))[1], '(string_to_array(:queries::text, ''|''))[:q::integer]')),
        ('draft', 'POST', '/api/v1/documents', 5, 101, '',
         json_build_object('direction', 'outgoing', 'type', 'CV', 'urgency', 'normal', 'signer_post_id', bench.post(5, 0), 'subject',
             'Về việc triển khai kế hoạch phát triển mạng lưới bưu cục tại huyện Gia Lâm quý III năm 2026')::text,
         E'\\set t random(0, 63)\n\\set p random(100, 131)\n\\set turn :turn + 1',
         jsonb_build_object(bench.post(5, 0), 'bench.post(:t::integer, 0)')),
        ('issue', 'POST', '/api/v1/documents/' || bench.waiting(:first) || '/issue', (:first % 64)::integer, 3, '"4"',
         json_build_object('register_id', bench.register((:first % 64)::integer, :year, 'internal'))::text,
         E'\\if :n < 0\n\\set n :first + :client_id\n\\else\n\\set n :n + :clients\n\\endif\n\\set t :n % 64\n\\set p 3\n\\set turn :turn + 1',
         jsonb_build_object(bench.waiting(:first), 'bench.waiting(:n::bigint)',
                            bench.register((:first % 64)::integer, :year, 'internal'),
                            format('bench.register(:t::integer, %s, ''internal'')', :'year'))))
       AS c (name, method, path, t, p, version, body, choice, names);
