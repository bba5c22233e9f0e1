-- Benchmark: documents :first to :last that are signed, internal and wait for the clerk to issue them, each with its way so far. The n-th
-- belongs to tenant n % 64, and its id is bench.waiting(n).
SET session_replication_role = replica;
BEGIN;
CREATE TEMPORARY TABLE vocabulary ON COMMIT DROP AS
SELECT bench.phrases('action') AS action, bench.phrases('matter') AS matter, bench.phrases('place') AS place,
       bench.phrases('period') AS period, bench.phrases('sender') AS senders;
CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
SELECT n, (n % 64)::integer AS t, bench.tenant((n % 64)::integer) AS tenant_id, bench.waiting(n) AS id, (n / 64 % 32)::integer AS specialist,
       (n / 64 % 3)::integer AS leader, now() - interval '2 days' AS created_at,
       concat_ws(' ', bench.pick(action, hashint8(n)), bench.pick(matter, hashint8(n + 1)), bench.pick(place, hashint8(n + 2)),
                 bench.pick(period, hashint8(n + 3))) AS subject
  FROM generate_series(:first::bigint, :last::bigint) AS n,
       vocabulary;
ANALYZE plan;

INSERT INTO documents.document (tenant_id, id, direction, state, version, type_code, subject, organ_name, unit_id, drafter_post_id,
    signer_post_id, signer_name, signer_title, page_count, created_at, updated_at)
SELECT p.tenant_id, p.id, 'internal', 'signed', 4, 'CV', p.subject, o.name, bench.unit(p.t, 1 + p.specialist),
       bench.post(p.t, 100 + p.specialist), bench.post(p.t, p.leader), s.full_name, s.title, 1, p.created_at, now()
  FROM plan AS p
  JOIN platform.tenant AS o ON o.id = p.tenant_id
  JOIN bench.staff AS s ON s.t = p.t AND s.p = p.leader
 ORDER BY p.t, p.n;

INSERT INTO workflow.step (tenant_id, document_id, action, from_state, to_state, post_id, person_name, title, taken_at)
SELECT p.tenant_id, p.id, w.action, w.from_state, w.to_state, bench.post(s.t, s.p), s.full_name, s.title,
       p.created_at + w.ordinal * interval '3 hours'
  FROM plan AS p
  JOIN bench.way AS w ON w.direction = 'internal' AND w.ordinal < 5
  JOIN bench.staff AS s ON s.t = p.t
   AND s.p = CASE w.actor WHEN 'leader' THEN p.leader WHEN 'specialist' THEN 100 + p.specialist ELSE 11 + p.specialist END
 ORDER BY p.t, p.n, w.ordinal;

CREATE TEMPORARY TABLE work ON COMMIT DROP AS
SELECT p.tenant_id, p.id AS document_id, w.ordinal, w.to_state,
       CASE w.ordinal WHEN 1 THEN bench.post(p.t, 100 + p.specialist) WHEN 2 THEN bench.unit(p.t, 1 + p.specialist)
                      WHEN 3 THEN bench.post(p.t, p.leader) ELSE p.tenant_id END AS holder_id
  FROM plan AS p
  JOIN bench.way AS w ON w.direction = 'internal' AND w.ordinal < 5;
INSERT INTO workflow.task (tenant_id, document_id, holder_id, role, step, state, done_at)
SELECT tenant_id, document_id, holder_id, 'act', to_state, CASE ordinal WHEN 4 THEN 'open' ELSE 'done' END,
       CASE WHEN ordinal < 4 THEN now() END
  FROM work ORDER BY tenant_id, document_id, ordinal;
INSERT INTO documents.reader (tenant_id, document_id, holder_id, reason)
SELECT tenant_id, document_id, holder_id, CASE ordinal WHEN 1 THEN 'drafter' ELSE 'step' END
  FROM work ORDER BY tenant_id, document_id, holder_id;
INSERT INTO documents.search_entry (tenant_id, document_id, words)
SELECT p.tenant_id, p.id, documents.words(concat_ws(' ', p.subject, d.organ_name, d.signer_name, d.signer_title, t.name))
  FROM plan AS p
  JOIN documents.document AS d ON d.tenant_id = p.tenant_id AND d.id = p.id
  JOIN documents.document_type AS t ON t.code = d.type_code
 ORDER BY p.t, p.n;
COMMIT;
