-- Demonstration, part 3: invented people in every role, each with one account and at least one post.
-- :'password_hash' is one Argon2id hash that all demonstration accounts share, so that seeding takes seconds.
CREATE TEMPORARY TABLE demo_person (
    tenant_id uuid, login text, unit_code text, role text, title text, ordinal bigint, id uuid DEFAULT platform.uuid_v7(), full_name text
) ON COMMIT DROP;

-- The accounts that scripts/run prints, the same in every tenant; all of them work in the office (Văn phòng) or lead the whole.
INSERT INTO demo_person (tenant_id, login, unit_code, role, title)
SELECT t.id, p.login, coalesce(p.unit_code, t.unit_code), p.role,
       CASE t.kind WHEN 'headquarters' THEN p.headquarters_title ELSE p.title END
  FROM demo_tenant AS t,
       (VALUES ('lanhdao',     NULL, 'leader',        'Giám đốc',            'Tổng Giám đốc'),
               ('lanhdao2',    NULL, 'leader',        'Phó Giám đốc',        'Phó Tổng Giám đốc'),
               ('lanhdao3',    NULL, 'leader',        'Phó Giám đốc',        'Phó Tổng Giám đốc'),
               ('vanthu',      'VP', 'clerk',         'Văn thư',             'Văn thư Tổng công ty'),
               ('vanthu2',     'VP', 'clerk',         'Văn thư',             'Văn thư Tổng công ty'),
               ('truongphong', 'VP', 'head',          'Chánh Văn phòng',     'Chánh Văn phòng'),
               ('chuyenvien',  'VP', 'specialist',    'Chuyên viên',         'Chuyên viên'),
               ('chuyenvien2', 'VP', 'specialist',    'Chuyên viên',         'Chuyên viên chính'),
               ('quantri',     'VP', 'administrator', 'Quản trị hệ thống',   'Quản trị hệ thống'))
       AS p (login, unit_code, role, title, headquarters_title);

-- Two posts (kiêm nhiệm): a deputy director also heads the planning unit, a head of a post office also its postmen's team.
CREATE TEMPORARY TABLE demo_second_post (login text, unit_code text) ON COMMIT DROP;
INSERT INTO demo_second_post (login, unit_code) VALUES
    ('lanhdao2', 'KHKD'), ('lanhdao2', 'KHDT'), ('truong.kv1.bc', 'KV1-TP'), ('truong.11.bc1', '11-TP');

-- The head of every other unit, and two specialists in each board and department, one further down.
INSERT INTO demo_person (tenant_id, login, unit_code, role, title)
SELECT u.tenant_id, 'truong.' || lower(replace(u.code, '-', '.')), u.code, 'head', u.head_title
  FROM demo_tenant_unit AS u
 WHERE u.code <> 'VP'
   AND u.code NOT IN (SELECT s.unit_code FROM demo_second_post AS s)
UNION ALL
SELECT u.tenant_id, 'chuyenvien.' || lower(replace(u.code, '-', '.')) || '.' || n, u.code, 'specialist',
       CASE WHEN u.kind IN ('post_office', 'culture_point') THEN 'Giao dịch viên'
            WHEN u.kind = 'team' THEN 'Bưu tá'
            ELSE 'Chuyên viên' END
  FROM demo_tenant_unit AS u
  JOIN generate_series(1, 2) AS n ON n = 1 OR u.kind IN ('board', 'department')
 WHERE u.code <> 'VP';

DELETE FROM demo_person AS d
 USING platform.account AS a
 WHERE a.tenant_id = d.tenant_id AND a.login = d.login;

-- Names: a family name by its real frequency, a middle and a given name that go together; the same person at every seeding.
WITH choice AS (
    SELECT d.tenant_id, d.login,
           ('x' || substr(md5(t.code || '/' || d.login), 1, 6))::bit(24)::integer AS family,
           ('x' || substr(md5(t.code || '/' || d.login), 7, 6))::bit(24)::integer AS gender,
           ('x' || substr(md5(t.code || '/' || d.login), 13, 6))::bit(24)::integer AS given
      FROM demo_person AS d
      JOIN demo_tenant AS t ON t.id = d.tenant_id
), names AS (
    SELECT ARRAY['Nguyễn', 'Nguyễn', 'Nguyễn', 'Nguyễn', 'Nguyễn', 'Nguyễn', 'Trần', 'Trần', 'Lê', 'Lê', 'Phạm', 'Phạm', 'Hoàng',
                 'Phan', 'Vũ', 'Võ', 'Đặng', 'Bùi', 'Đỗ', 'Hồ', 'Ngô', 'Dương', 'Lý', 'Đinh', 'Mai', 'Trịnh'] AS families,
           ARRAY['Văn Hùng', 'Đức Anh', 'Quang Minh', 'Hữu Phước', 'Minh Tuấn', 'Thanh Sơn', 'Quốc Bảo', 'Anh Dũng', 'Xuân Trường',
                 'Ngọc Hải', 'Công Thành', 'Việt Cường', 'Trọng Nghĩa', 'Hoàng Long', 'Đình Khôi', 'Tiến Đạt', 'Gia Huy', 'Bá Thắng',
                 'Mạnh Hà', 'Duy Khánh', 'Chí Kiên', 'Thế Vinh', 'Phúc Lâm', 'Nhật Quang'] AS men,
           ARRAY['Thị Hương', 'Thu Hà', 'Ngọc Lan', 'Thanh Huyền', 'Thị Thúy', 'Minh Nguyệt', 'Phương Thảo', 'Kim Oanh', 'Hồng Nhung',
                 'Mai Anh', 'Bích Ngọc', 'Thùy Linh', 'Hoài Thu', 'Quỳnh Trang', 'Diệu Hiền', 'Khánh Vân', 'Thị Yến', 'Tuyết Mai',
                 'Ánh Dương', 'Lệ Thủy', 'Cẩm Tú', 'Hải Yến', 'Bảo Châu', 'Trúc Quỳnh'] AS women
)
UPDATE demo_person AS d
   SET full_name = n.families[1 + c.family % cardinality(n.families)] || ' '
                || CASE WHEN c.gender % 2 = 0 THEN n.men[1 + c.given % cardinality(n.men)]
                        ELSE n.women[1 + c.given % cardinality(n.women)] END
  FROM choice AS c, names AS n
 WHERE c.tenant_id = d.tenant_id AND c.login = d.login;

INSERT INTO organisation.person (tenant_id, id, full_name, email)
SELECT d.tenant_id, d.id, d.full_name, d.login || '@' || lower(t.code) || '.example'
  FROM demo_person AS d
  JOIN demo_tenant AS t ON t.id = d.tenant_id;

INSERT INTO organisation.post (tenant_id, person_id, unit_id, role, title, started_on)
SELECT d.tenant_id, d.id, u.id, d.role, d.title, '2025-07-01'
  FROM demo_person AS d
  JOIN organisation.unit AS u ON u.tenant_id = d.tenant_id AND u.code = d.unit_code;

INSERT INTO organisation.post (tenant_id, person_id, unit_id, role, title, started_on)
SELECT d.tenant_id, d.id, u.id, 'head', w.head_title || ' (kiêm nhiệm)', '2025-08-01'
  FROM demo_second_post AS s
  JOIN demo_person AS d ON d.login = s.login
  JOIN demo_tenant_unit AS w ON w.tenant_id = d.tenant_id AND w.code = s.unit_code
  JOIN organisation.unit AS u ON u.tenant_id = w.tenant_id AND u.code = w.code;

INSERT INTO platform.account (tenant_id, login, password_hash, person_id)
SELECT d.tenant_id, d.login, :'password_hash', d.id
  FROM demo_person AS d;

-- One delegation (uỷ quyền xử lý) that runs: Hà Nội's chief accountant is away, and a specialist of the same department stands in.
INSERT INTO organisation.delegation (tenant_id, from_post_id, to_post_id, starts_at, ends_at, reason)
SELECT a.tenant_id, a.id, b.id, now(), now() + interval '300 days', 'Đi học nghiệp vụ'
  FROM demo_tenant AS d
  JOIN platform.account AS f ON f.tenant_id = d.id AND f.login = 'truong.kttc'
  JOIN organisation.post AS a ON a.tenant_id = f.tenant_id AND a.person_id = f.person_id
  JOIN platform.account AS g ON g.tenant_id = d.id AND g.login = 'chuyenvien.kttc.1'
  JOIN organisation.post AS b ON b.tenant_id = g.tenant_id AND b.person_id = g.person_id
 WHERE d.code = 'BDHN'
   AND NOT EXISTS (SELECT FROM organisation.delegation AS known WHERE known.tenant_id = a.tenant_id AND known.from_post_id = a.id);
