-- Benchmark, part 2: the documents of the tenants :low to :high with everything that belongs to them. Two ranges may run at once.
-- Foreign keys are not checked row by row here; part 4 checks them all, as sets.
SET session_replication_role = replica;
SET timezone = 'Asia/Ho_Chi_Minh';
SELECT began, step, documents FROM bench.size \gset
CREATE TEMPORARY TABLE vocabulary AS
SELECT bench.phrases('action') AS action, bench.phrases('matter') AS matter, bench.phrases('place') AS place,
       bench.phrases('period') AS period, bench.phrases('sender') AS senders;

-- What each document is and how far it has come. The newest 1,100 of a tenant are still on their way.
CREATE TEMPORARY TABLE plan AS
WITH drawn AS (
    SELECT n, (n % 64)::integer AS t, n / 64 AS k, hashint8(n) AS h, hashint8(n + 7000000000) AS g,
           to_timestamp((:began + n * :step) / 1000.0) AS created_at,
           CASE WHEN n / 64 % 20 < 9 THEN 'incoming' WHEN n / 64 % 20 < 17 THEN 'outgoing' ELSE 'internal' END AS direction,
           n / 64 >= :documents / 64 - least(1100, :documents / 160) AS is_open
      FROM generate_series(0, :documents::bigint - 1) AS n
     WHERE n % 64 BETWEEN :low AND :high
)
SELECT d.*, bench.tenant(t) AS tenant_id, bench.document(n) AS id, extract(year FROM created_at)::integer AS year,
       (k % 32)::integer AS specialist, (1 + k % 32)::integer AS u, (k % 3)::integer AS leader, (3 + k % 2)::integer AS clerk,
       (1 + k % 37)::integer AS lead,
       CASE direction
            WHEN 'incoming' THEN CASE WHEN NOT is_open THEN 4 WHEN h & 7 < 6 THEN 3 WHEN h & 7 = 6 THEN 2 ELSE 1 END
            WHEN 'outgoing' THEN CASE WHEN NOT is_open THEN 8 ELSE 1 + (h & 1023) % 7 END
            ELSE CASE WHEN NOT is_open THEN 5 ELSE 1 + (h & 1023) % 4 END
       END AS progress,
       (ARRAY['CV', 'CV', 'CV', 'CV', 'CV', 'QD', 'QD', 'TB', 'TB', 'KH', 'BC', 'BC', 'TTR', 'GM', 'HD', 'CTR'])[1 + (g & 15)] AS type_code,
       concat_ws(' ', bench.pick(action, h), bench.pick(matter, g),
                 CASE WHEN g & 3 > 0 THEN bench.pick(place, hashint4(h)) END, bench.pick(period, hashint4(g))) AS subject
  FROM drawn AS d,
       vocabulary;
ANALYZE plan;

-- Numbers without gaps in the order in which they were given.
CREATE TEMPORARY TABLE numbered AS
SELECT p.n, bench.register(t, year, direction) AS register_id, s.series,
       row_number() OVER (PARTITION BY p.t, year, direction, s.series ORDER BY p.n) AS number
  FROM plan AS p, LATERAL (SELECT CASE direction WHEN 'outgoing' THEN type_code ELSE '' END AS series) AS s
 WHERE CASE direction WHEN 'incoming' THEN true WHEN 'outgoing' THEN progress >= 6 ELSE progress = 5 END;
ANALYZE numbered;

INSERT INTO documents.register_counter (tenant_id, register_id, series, last_number)
SELECT p.tenant_id, m.register_id, m.series, max(m.number)
  FROM numbered AS m JOIN plan AS p ON p.n = m.n
 GROUP BY p.tenant_id, m.register_id, m.series;

INSERT INTO documents.document (tenant_id, id, direction, state, version, type_code, subject, urgency, organ_name, unit_id,
    drafter_post_id, signer_post_id, signer_name, signer_title, register_id, year, series, number, code_number, code_notation,
    issued_on, arrived_on, due_on, page_count, to_places, created_at, updated_at, issued_at)
SELECT p.tenant_id, p.id, p.direction, w.to_state, p.progress, p.type_code, p.subject,
       CASE WHEN h & 31 = 0 THEN 'urgent' ELSE 'normal' END,
       CASE p.direction WHEN 'incoming' THEN bench.pick(senders, hashint4(h)) ELSE o.name END,
       CASE WHEN p.direction <> 'incoming' THEN bench.unit(p.t, p.u) END,
       CASE WHEN p.direction <> 'incoming' THEN bench.post(p.t, 100 + p.specialist) END,
       CASE WHEN p.direction <> 'incoming' THEN bench.post(p.t, p.leader) END,
       s.full_name, s.title, m.register_id, CASE WHEN m.number IS NOT NULL THEN p.year END, coalesce(m.series, ''), m.number,
       c.number, c.notation,
       CASE WHEN p.direction = 'incoming' THEN p.created_at::date - 3 WHEN m.number IS NOT NULL THEN p.created_at::date END,
       CASE WHEN p.direction = 'incoming' THEN p.created_at::date END,
       CASE WHEN h & 7 = 0 THEN p.created_at::date + 14 END, 1 + (h & 3),
       CASE WHEN p.direction = 'outgoing' THEN bench.pick(senders, hashint4(g)) END,
       p.created_at, p.created_at + p.progress * interval '3 hours', CASE w.to_state WHEN 'issued' THEN p.created_at + interval '1 day' END
  FROM plan AS p
  JOIN bench.way AS w ON w.direction = p.direction AND w.ordinal = p.progress
  JOIN platform.tenant AS o ON o.id = p.tenant_id
  JOIN documents.document_type AS y ON y.code = p.type_code
  LEFT JOIN numbered AS m ON m.n = p.n
  LEFT JOIN bench.staff AS s ON s.t = p.t AND s.p = p.leader AND p.direction <> 'incoming'
 CROSS JOIN LATERAL (
       SELECT CASE WHEN p.direction = 'incoming' THEN (1 + (p.h & 2047))::text
                   ELSE CASE WHEN m.number < 10 THEN '0' ELSE '' END || m.number END AS number,
              CASE WHEN p.direction = 'incoming' THEN concat_ws('-', nullif(y.abbreviation, ''), 'UBND', 'KT' || (p.g & 7))
                   WHEN m.number IS NULL THEN NULL
                   ELSE rtrim(concat_ws('-', nullif(y.abbreviation, ''), o.abbreviation,
                                        CASE WHEN y.abbreviation <> '' THEN NULL WHEN p.u = 1 THEN 'VP' WHEN p.u < 8 THEN 'NV' || p.u
                                             WHEN p.u < 14 THEN 'KV' || p.u - 7 ELSE 'KV' || 1 + (p.u - 14) / 4 END,
                                        CASE WHEN p.direction = 'internal' THEN 'NB' END), '-') END AS notation) AS c
 CROSS JOIN vocabulary
 ORDER BY p.t, p.n;

-- Steps, three hours apart.
INSERT INTO workflow.step (tenant_id, id, document_id, action, from_state, to_state, post_id, person_name, title, taken_at)
SELECT p.tenant_id, bench.id(9, :began + p.n * :step + (w.ordinal - 1) * 10800000, p.n * 16 + w.ordinal), p.id, w.action, w.from_state,
       w.to_state, bench.post(s.t, s.p), s.full_name, s.title, p.created_at + (w.ordinal - 1) * interval '3 hours'
  FROM plan AS p
  JOIN bench.way AS w ON w.direction = p.direction AND w.ordinal <= p.progress
  JOIN bench.staff AS s ON s.t = p.t
   AND s.p = CASE w.actor WHEN 'clerk' THEN p.clerk WHEN 'leader' THEN p.leader WHEN 'specialist' THEN 100 + p.specialist
                          ELSE 10 + CASE p.direction WHEN 'incoming' THEN p.lead ELSE p.u END END
 ORDER BY p.t, p.n, w.ordinal;

-- The flow's tasks: given by each step for the next one, done when that was taken.
CREATE TEMPORARY TABLE work AS
SELECT p.t, p.n, bench.id(10, :began + p.n * :step + (w.ordinal - 1) * 10800000, p.n * 16 + w.ordinal) AS id,
       CASE next.actor WHEN 'clerk' THEN p.tenant_id WHEN 'leader' THEN bench.post(p.t, p.leader)
                       WHEN 'specialist' THEN bench.post(p.t, 100 + p.specialist) ELSE bench.unit(p.t, p.u) END AS holder_id,
       'act' AS role, w.to_state AS step, p.progress > w.ordinal AS is_done, NULL::uuid AS direction_id, 'infinity'::timestamptz AS due_at,
       p.created_at + (w.ordinal - 1) * interval '3 hours' AS given_at, 'step' AS reason
  FROM plan AS p
  JOIN bench.way AS w ON w.direction = p.direction AND w.ordinal <= p.progress
  JOIN bench.way AS next ON next.direction = p.direction AND next.ordinal = w.ordinal + 1
 WHERE w.to_state <> 'in_progress';

-- Directions (bút phê): a unit leads, two specialists support, one is informed.
INSERT INTO workflow.direction (tenant_id, id, document_id, post_id, text, due_at, given_at)
SELECT p.tenant_id, bench.id(12, :began + p.n * :step + 21600000, p.n), p.id, bench.post(p.t, p.leader),
       'Giao đơn vị chủ trì, phối hợp với các bộ phận liên quan thực hiện và báo cáo kết quả.',
       p.created_at + interval '7 days', p.created_at + interval '6 hours'
  FROM plan AS p
 WHERE p.direction = 'incoming' AND p.progress >= 3
 ORDER BY p.t, p.n;

INSERT INTO work
SELECT p.t, p.n, bench.id(10, :began + p.n * :step + 21600000, p.n * 16 + 10 + part.n), part.holder, part.role, 'in_progress',
       p.progress = 4, bench.id(12, :began + p.n * :step + 21600000, p.n),
       CASE part.role WHEN 'inform' THEN 'infinity' ELSE p.created_at + interval '7 days' END,
       p.created_at + interval '6 hours', 'direction'
  FROM plan AS p,
       LATERAL (VALUES (1, 'lead', bench.unit(p.t, p.lead)), (2, 'support', bench.post(p.t, (100 + k * 7 % 32)::integer)),
                       (3, 'support', bench.post(p.t, (100 + (k * 7 + 11) % 32)::integer)),
                       (4, 'inform', bench.post(p.t, (100 + (k * 7 + 19) % 32)::integer))) AS part (n, role, holder)
 WHERE p.direction = 'incoming' AND p.progress >= 3;

INSERT INTO workflow.task (tenant_id, id, document_id, holder_id, role, step, state, direction_id, due_at, opened_at, done_at, done_by,
    result, created_at)
SELECT bench.tenant(w.t), w.id, bench.document(w.n), w.holder_id, w.role, w.step, CASE WHEN w.is_done THEN 'done' ELSE 'open' END,
       w.direction_id, w.due_at, w.given_at + interval '1 hour', CASE WHEN w.is_done THEN w.given_at + interval '3 hours' END,
       CASE WHEN w.is_done THEN bench.post(w.t, 3) END, CASE WHEN w.is_done AND w.role <> 'act' THEN 'Đã thực hiện.' END, w.given_at
  FROM work AS w
 ORDER BY w.t, w.n, w.id;

-- The right to read follows the work.
INSERT INTO documents.reader (tenant_id, document_id, holder_id, reason, granted_at)
SELECT bench.tenant(r.t), bench.document(r.n), r.holder_id, min(r.reason), min(r.given_at)
  FROM (SELECT w.t, w.n, w.holder_id, w.reason, w.given_at FROM work AS w
        UNION ALL
        SELECT p.t, p.n, bench.post(p.t, 100 + p.specialist), 'drafter', p.created_at FROM plan AS p WHERE p.direction <> 'incoming'
        UNION ALL
        SELECT p.t, p.n, p.tenant_id, 'registry', p.created_at FROM plan AS p WHERE p.direction = 'incoming') AS r
 GROUP BY r.t, r.n, r.holder_id
 ORDER BY r.t, r.n, r.holder_id;

-- One PDF each, and of a signed outgoing document the signed version as well.
INSERT INTO platform.blob (sha256, size, media_type)
SELECT sha256(convert_to(p.n || '/' || v, 'UTF8')), 40000 + (p.h & 65535), 'application/pdf'
  FROM plan AS p, generate_series(1, 2) AS v
 WHERE v = 1 OR p.direction = 'outgoing' AND p.progress >= 5;
INSERT INTO documents.file (tenant_id, id, document_id, role, version, name, media_type, size, sha256, page_count, text_state, origin,
    created_by, created_at)
SELECT p.tenant_id, bench.id(13, :began + p.n * :step, p.n * 16 + v), p.id, 'main', v, 'van-ban-' || p.n || '.pdf', 'application/pdf',
       40000 + (p.h & 65535), sha256(convert_to(p.n || '/' || v, 'UTF8')), 1 + (p.h & 3),
       CASE WHEN v = 1 AND p.n % 20 = 3 THEN 'extracted' ELSE 'none' END, CASE v WHEN 1 THEN 'upload' ELSE 'signature' END,
       bench.post(p.t, CASE p.direction WHEN 'incoming' THEN p.clerk ELSE 100 + p.specialist END), p.created_at
  FROM plan AS p, generate_series(1, 2) AS v
 WHERE v = 1 OR p.direction = 'outgoing' AND p.progress >= 5
 ORDER BY p.t, p.n;

-- Text of one file in twenty, some 150 words.
INSERT INTO documents.file_text (tenant_id, file_id, content)
SELECT p.tenant_id, bench.id(13, :began + p.n * :step, p.n * 16 + 1),
       (SELECT string_agg(concat_ws(' ', bench.pick(action, hashint8(p.h + i::bigint)), bench.pick(matter, hashint8(p.g + i::bigint)),
                                    bench.pick(place, hashint8(p.h - i::bigint)), bench.pick(period, hashint8(p.g - i::bigint))), '. ')
          FROM generate_series(1, 8) AS i)
  FROM plan AS p,
       vocabulary
 WHERE p.n % 20 = 3
 ORDER BY p.t, p.n;

-- As documents.index_document writes it, for all at once; part 4 compares. Sorted before the words are made, which are long.
INSERT INTO documents.search_entry (tenant_id, document_id, words)
SELECT d.tenant_id, d.id,
       documents.words(concat_ws(' ', d.notation, d.subject, d.organ_name, d.signer_name, d.signer_title, d.to_places, d.note,
                                 t.name, d.number::text, to_char(d.issued_on, 'DD/MM/YYYY'), d.files))
  FROM (SELECT d.*, f.files
          FROM documents.document AS d
          JOIN (SELECT p.t, p.n, p.tenant_id, p.id, string_agg(concat_ws(' ', f.name, x.content), ' ' ORDER BY f.version) AS files
                  FROM plan AS p
                  JOIN documents.file AS f ON f.tenant_id = p.tenant_id AND f.document_id = p.id
                  LEFT JOIN documents.file_text AS x ON x.tenant_id = f.tenant_id AND x.file_id = f.id
                 GROUP BY p.t, p.n, p.tenant_id, p.id) AS f ON f.tenant_id = d.tenant_id AND f.id = d.id
         ORDER BY f.t, f.n OFFSET 0) AS d
  JOIN documents.document_type AS t ON t.code = d.type_code;
