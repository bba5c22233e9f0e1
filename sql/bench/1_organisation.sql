-- Benchmark, part 1: 64 tenants with units, people, posts, accounts, sessions and registers; and how ids are made.
-- Run once on a migrated database, as superuser. :documents is how many documents part 2 will make.
--
-- Every id and every session's secret follows from a number, so that pgbench and wrk can name any row without asking for it.
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO vanthu_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA bench GRANT EXECUTE ON FUNCTIONS TO vanthu_app;

-- A UUID of version 7: milliseconds, what it names, and a number.
CREATE FUNCTION bench.id(kind integer, ms bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (lpad(to_hex($2), 12, '0') || '7' || lpad(to_hex($1), 3, '0') || '8' || lpad(to_hex($3), 15, '0'))::uuid $$;

CREATE TABLE bench.size AS
SELECT :documents::bigint AS documents, began.ms AS began,
       ((extract(epoch FROM now()) * 1000)::bigint - 3600000 - began.ms) / :documents AS step
  FROM (SELECT (extract(epoch FROM make_timestamptz(extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::integer - 2,
                                                    1, 1, 0, 0, 0, 'Asia/Ho_Chi_Minh')) * 1000)::bigint AS ms) AS began;

-- Functions with the constants written into them, so that the planner can put them in the place of the call.
SELECT began, step FROM bench.size \gset
CREATE FUNCTION bench.tenant(t integer) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.id(1, :began, $1);
-- Unit 0 is the organisation, 1 the office, 2…7 departments, 8…13 districts, 14…37 post offices.
CREATE FUNCTION bench.unit(t integer, u integer) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.id(2, :began, $1 * 1000 + $2);
-- Post 0…2 leaders, 3 and 4 clerks, 5 the administrator, 11…47 the heads of units 1…37, 100…131 specialists of units 1…32.
CREATE FUNCTION bench.post(t integer, p integer) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.id(4, :began, $1 * 1000 + $2);
CREATE FUNCTION bench.register(t integer, year integer, direction text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.id(7, :began, $1 * 100000 + $2 * 10 + CASE $3 WHEN 'incoming' THEN 1 WHEN 'outgoing' THEN 2 ELSE 3 END);
-- Document n belongs to tenant n % 64 and is its k-th, k = n / 64. Of 20 in a row 9 came in, 8 went out, 3 are internal.
CREATE FUNCTION bench.document(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.id(8, :began + $1 * :step, $1);
-- The secret of the session in which post p of tenant t is signed in; and what the database knows it by.
CREATE FUNCTION bench.secret(t integer, p integer) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT sha256(convert_to('vanthu-bench-' || ($1 * 1000 + $2), 'UTF8')) $$;
CREATE FUNCTION bench.session_hash(t integer, p integer) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT sha256(bench.secret($1, $2)) $$;
-- Documents that wait to be issued, made by ready.sql.
CREATE FUNCTION bench.waiting(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bench.id(11, :began + :documents::bigint * :step + 60000 + $1, $1);

INSERT INTO platform.tenant (id, code, name, abbreviation, kind)
SELECT bench.tenant(t), 'BT' || lpad(t::text, 2, '0'), 'Bưu điện tỉnh Thử nghiệm ' || t, 'BĐT' || t, 'province'
  FROM generate_series(0, 63) AS t;

INSERT INTO organisation.unit (tenant_id, id, parent_id, code, name, kind, symbol, position)
SELECT bench.tenant(t), bench.unit(t, u),
       CASE WHEN u = 0 THEN NULL WHEN u < 14 THEN bench.unit(t, 0) ELSE bench.unit(t, 8 + (u - 14) / 4) END,
       'D' || u,
       CASE WHEN u = 0 THEN 'Bưu điện tỉnh Thử nghiệm ' || t WHEN u = 1 THEN 'Văn phòng' WHEN u < 8 THEN 'Phòng Nghiệp vụ ' || u
            WHEN u < 14 THEN 'Bưu điện Khu vực ' || u - 7 ELSE 'Bưu cục Giao dịch ' || u - 13 END,
       CASE WHEN u = 0 THEN 'organisation' WHEN u = 1 THEN 'office' WHEN u < 8 THEN 'department' WHEN u < 14 THEN 'district'
            ELSE 'post_office' END,
       CASE WHEN u = 0 THEN 'BĐT' || t WHEN u = 1 THEN 'VP' WHEN u < 8 THEN 'NV' || u WHEN u < 14 THEN 'KV' || u - 7 ELSE '' END,
       u
  FROM generate_series(0, 63) AS t, generate_series(0, 37) AS u
 ORDER BY t, u;

CREATE TABLE bench.staff AS
SELECT t, p,
       CASE WHEN p < 3 THEN 'leader' WHEN p < 5 THEN 'clerk' WHEN p = 5 THEN 'administrator' WHEN p < 100 THEN 'head'
            ELSE 'specialist' END AS role,
       CASE WHEN p < 3 THEN 0 WHEN p < 11 THEN 1 WHEN p < 100 THEN p - 10 ELSE p - 99 END AS u,
       CASE WHEN p = 0 THEN 'Giám đốc' WHEN p < 3 THEN 'Phó Giám đốc' WHEN p < 5 THEN 'Văn thư' WHEN p = 5 THEN 'Quản trị hệ thống'
            WHEN p < 100 THEN 'Trưởng đơn vị' ELSE 'Chuyên viên' END AS title,
       (ARRAY['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ', 'Ngô', 'Dương'])[1 + (t * 7 + p) % 11] || ' '
       || (ARRAY['Văn', 'Thị', 'Đức', 'Minh', 'Thanh', 'Quang', 'Ngọc'])[1 + (t + p) % 7] || ' '
       || (ARRAY['Hùng', 'Hương', 'Tuấn', 'Lan', 'Sơn', 'Huyền', 'Thảo', 'Dũng', 'Hải', 'Thúy', 'Cường', 'Nga', 'Yến'])[1 + (t + p * 5) % 13]
           AS full_name
  FROM generate_series(0, 63) AS t,
       (SELECT generate_series(0, 5) UNION ALL SELECT generate_series(11, 47) UNION ALL SELECT generate_series(100, 131)) AS every (p);
ALTER TABLE bench.staff ADD PRIMARY KEY (t, p);

INSERT INTO organisation.person (tenant_id, id, full_name)
SELECT bench.tenant(t), bench.id(3, :began, t * 1000 + p), full_name FROM bench.staff;
INSERT INTO organisation.post (tenant_id, id, person_id, unit_id, role, title, started_on)
SELECT bench.tenant(t), bench.post(t, p), bench.id(3, :began, t * 1000 + p), bench.unit(t, u), role, title, '2020-01-01' FROM bench.staff;
INSERT INTO platform.account (tenant_id, id, login, person_id)
SELECT bench.tenant(t), bench.id(5, :began, t * 1000 + p), 'nv' || p, bench.id(3, :began, t * 1000 + p) FROM bench.staff;
INSERT INTO platform.session (tenant_id, id, secret_hash, account_id, post_id, expires_at, address)
SELECT bench.tenant(t), bench.id(6, :began, t * 1000 + p), bench.session_hash(t, p), bench.id(5, :began, t * 1000 + p),
       bench.post(t, p), 'infinity', '127.0.0.1'
  FROM bench.staff;

-- The registers of earlier years are closed, as they are at the end of a year.
INSERT INTO documents.register (tenant_id, id, direction, name, year, series_by, symbol_template, letter_template, state)
SELECT bench.tenant(t), bench.register(t, y, r.direction), r.direction, r.name, y, r.series_by, r.symbol_template, r.letter_template,
       CASE WHEN y = max(y) OVER () THEN 'open' ELSE 'closed' END
  FROM generate_series(0, 63) AS t,
       (SELECT extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::integer - generate_series(0, 2)) AS years (y),
       (VALUES ('incoming', 'Sổ văn bản đến', 'register', '', ''),
               ('outgoing', 'Sổ văn bản đi', 'type', '{type}-{organisation}', '{organisation}-{unit}'),
               ('internal', 'Sổ văn bản nội bộ', 'register', '{type}-{organisation}-NB', '{organisation}-{unit}-NB'))
       AS r (direction, name, series_by, symbol_template, letter_template);

-- The way of a document by its flow (Config/workflows): who takes the n-th step, and where it leads.
CREATE TABLE bench.way (direction text, ordinal integer, action text, from_state text, to_state text, actor text);
INSERT INTO bench.way (direction, ordinal, action, from_state, to_state, actor) VALUES
    ('incoming', 1, 'register', '', 'registered', 'clerk'),
    ('incoming', 2, 'present', 'registered', 'awaiting_direction', 'clerk'),
    ('incoming', 3, 'direct', 'awaiting_direction', 'in_progress', 'leader'),
    ('incoming', 4, 'complete', 'in_progress', 'completed', 'head'),
    ('outgoing', 1, 'create', '', 'draft', 'specialist'),
    ('outgoing', 2, 'submit', 'draft', 'content_review', 'specialist'),
    ('outgoing', 3, 'agree', 'content_review', 'format_review', 'head'),
    ('outgoing', 4, 'agree', 'format_review', 'awaiting_signature', 'clerk'),
    ('outgoing', 5, 'sign', 'awaiting_signature', 'signed', 'leader'),
    ('outgoing', 6, 'number', 'signed', 'numbered', 'clerk'),
    ('outgoing', 7, 'seal', 'numbered', 'sealed', 'clerk'),
    ('outgoing', 8, 'issue', 'sealed', 'issued', 'clerk'),
    ('internal', 1, 'create', '', 'draft', 'specialist'),
    ('internal', 2, 'submit', 'draft', 'content_review', 'specialist'),
    ('internal', 3, 'agree', 'content_review', 'awaiting_signature', 'head'),
    ('internal', 4, 'agree', 'awaiting_signature', 'signed', 'leader'),
    ('internal', 5, 'issue', 'signed', 'issued', 'clerk');

-- Words of which subjects (trích yếu) and texts are made.
CREATE TABLE bench.phrase AS
SELECT kind, row_number() OVER (PARTITION BY kind) - 1 AS n, count(*) OVER (PARTITION BY kind) AS of, phrase
  FROM (SELECT 'action' AS kind, unnest(ARRAY[
               'Về việc triển khai', 'Về việc tăng cường', 'Báo cáo kết quả thực hiện', 'Đề nghị phê duyệt',
               'Thông báo kết luận cuộc họp về', 'Hướng dẫn thực hiện', 'Kiểm tra, giám sát', 'Phối hợp tổ chức', 'Điều chỉnh',
               'Rà soát, đánh giá', 'Góp ý dự thảo quy định về', 'Chấn chỉnh', 'Tổng kết', 'Xin ý kiến về', 'Giao chỉ tiêu', 'Bổ sung'
               ]) AS phrase
        UNION ALL
        SELECT 'matter', unnest(ARRAY[
               'kế hoạch phát triển mạng lưới bưu cục', 'công tác phòng cháy chữa cháy', 'dịch vụ chuyển phát nhanh EMS',
               'chất lượng dịch vụ bưu chính công ích', 'kinh phí sửa chữa phương tiện vận chuyển', 'đào tạo nghiệp vụ giao dịch viên',
               'chi trả lương hưu và trợ cấp bảo hiểm xã hội', 'an toàn thông tin mạng', 'doanh thu tài chính bưu chính',
               'tuyển dụng lao động thời vụ', 'khen thưởng tập thể và cá nhân', 'nâng cấp hệ thống máy chủ', 'phát hành tem bưu chính',
               'thu gom hàng nông sản trên sàn thương mại điện tử', 'quản lý tài sản cố định', 'định mức tiêu hao nhiên liệu',
               'hợp đồng thuê mặt bằng', 'xử lý khiếu nại của khách hàng', 'ứng phó bão lũ', 'bảo hộ lao động cho bưu tá',
               'chuyển đổi số trong quản lý văn bản', 'kiểm kê kho vận', 'đấu thầu mua sắm trang thiết bị', 'quy hoạch cán bộ',
               'tiết kiệm điện năng', 'phân phối hàng tiêu dùng', 'hoạt động điểm bưu điện văn hóa xã', 'tiếp nhận hồ sơ hành chính công',
               'giá cước bưu gửi quốc tế', 'đối soát công nợ', 'lịch trực ngày nghỉ lễ', 'khảo sát mức độ hài lòng',
               'vệ sinh môi trường nơi làm việc', 'lắp đặt biển hiệu', 'thanh lý xe ô tô', 'kiểm toán báo cáo tài chính',
               'dịch vụ thu hộ tiền điện', 'đường thư cấp hai', 'trang phục giao dịch', 'hội nghị người lao động'])
        UNION ALL
        SELECT 'place', unnest(ARRAY['tại huyện ', 'trên địa bàn thị xã ', 'của Bưu điện khu vực ']) || unnest
          FROM unnest(ARRAY[
               'Gia Lâm', 'Ba Vì', 'Sóc Sơn', 'Mê Linh', 'Quốc Oai', 'Thạch Thất', 'Ứng Hòa', 'Phú Xuyên', 'Thường Tín', 'Đan Phượng',
               'Kinh Môn', 'Chí Linh', 'Ninh Giang', 'Tiên Lãng', 'Vĩnh Bảo', 'Cát Hải', 'Đông Triều', 'Hoành Bồ', 'Quỳnh Phụ', 'Kiến Xương'])
        UNION ALL
        SELECT 'period', unnest(ARRAY['quý I năm ', 'quý II năm ', 'quý III năm ', 'quý IV năm ', 'sáu tháng đầu năm ', 'trong năm ',
               'dịp Tết Nguyên đán năm ', 'mùa mưa bão năm ']) || y
          FROM generate_series(2024, 2026) AS y
        UNION ALL
        SELECT 'sender', unnest(ARRAY['Ủy ban nhân dân tỉnh', 'Sở Thông tin và Truyền thông', 'Sở Tài chính', 'Cục Thuế tỉnh',
               'Bảo hiểm xã hội tỉnh', 'Công an tỉnh', 'Ngân hàng Nhà nước chi nhánh tỉnh', 'Công ty Điện lực',
               'Tổng công ty Bưu điện Việt Nam', 'Bộ Thông tin và Truyền thông', 'Sở Nội vụ', 'Liên đoàn Lao động tỉnh'])) AS phrases;
ALTER TABLE bench.phrase ADD PRIMARY KEY (kind, n);

-- The phrase of a kind that a number chooses.
CREATE FUNCTION bench.phrases(kind text) RETURNS text[] LANGUAGE sql STABLE
RETURN (SELECT array_agg(w.phrase ORDER BY w.n) FROM bench.phrase AS w WHERE w.kind = $1);
CREATE FUNCTION bench.pick(phrases text[], choice integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ($1)[1 + ($2 & 2147483647) % cardinality($1)];
