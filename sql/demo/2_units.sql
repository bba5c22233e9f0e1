-- Demonstration, part 2: the units of every tenant, from its boards and departments down to the village post office.
-- A pattern per kind of tenant, filled in for each. Hà Nội has its real central post offices; other places are invented.
CREATE TEMPORARY TABLE demo_unit (
    tenant_kind text, code text, parent_code text, kind text, symbol text, name text, head_title text
) ON COMMIT DROP;
INSERT INTO demo_unit (tenant_kind, code, parent_code, kind, symbol, name, head_title) VALUES
    ('headquarters', 'VP',     '',     'office',     'VP',   'Văn phòng',                             'Chánh Văn phòng'),
    ('headquarters', 'TCLD',   '',     'board',      'TCLĐ', 'Ban Tổ chức – Lao động',                'Trưởng ban'),
    ('headquarters', 'KTTC',   '',     'board',      'KTTC', 'Ban Kế toán – Tài chính',               'Trưởng ban'),
    ('headquarters', 'KHDT',   '',     'board',      'KHĐT', 'Ban Kế hoạch – Đầu tư',                 'Trưởng ban'),
    ('headquarters', 'CN',     '',     'board',      'CN',   'Ban Công nghệ',                         'Trưởng ban'),
    ('headquarters', 'DVBC',   '',     'board',      'DVBC', 'Ban Dịch vụ bưu chính',                 'Trưởng ban'),
    ('headquarters', 'TCBC',   '',     'board',      'TCBC', 'Ban Tài chính bưu chính',               'Trưởng ban'),
    ('headquarters', 'PPTT',   '',     'board',      'PPTT', 'Ban Phân phối – Truyền thông',          'Trưởng ban'),
    ('headquarters', 'PC',     '',     'board',      'PC',   'Ban Pháp chế',                          'Trưởng ban'),
    ('headquarters', 'KTNB',   '',     'board',      'KTNB', 'Ban Kiểm tra – Kiểm toán nội bộ',       'Trưởng ban'),
    ('headquarters', 'CL',     '',     'board',      'CL',   'Ban Chất lượng',                        'Trưởng ban'),
    ('headquarters', 'DMST',   '',     'department', 'ĐMST', 'Trung tâm Đổi mới sáng tạo',            'Giám đốc Trung tâm'),
    ('headquarters', 'VP-HC',  'VP',   'department', '',     'Phòng Hành chính – Quản trị',           'Trưởng phòng'),
    ('headquarters', 'VP-TH',  'VP',   'department', '',     'Phòng Tổng hợp',                        'Trưởng phòng'),
    ('headquarters', 'CN-PM',  'CN',   'department', '',     'Phòng Phát triển phần mềm',             'Trưởng phòng'),
    ('headquarters', 'CN-HT',  'CN',   'department', '',     'Phòng Hạ tầng và An toàn thông tin',    'Trưởng phòng'),
    ('company',      'VP',     '',     'office',     'VP',   'Văn phòng',                             'Chánh Văn phòng'),
    ('company',      'KTTC',   '',     'department', 'KTTC', 'Phòng Kế toán – Tài chính',             'Trưởng phòng'),
    ('company',      'KHKD',   '',     'department', 'KHKD', 'Phòng Kế hoạch – Kinh doanh',           'Trưởng phòng'),
    ('company',      'KTNV',   '',     'department', 'KTNV', 'Phòng Kỹ thuật – Nghiệp vụ',            'Trưởng phòng'),
    ('company',      'MB',     '',     'district',   'MB',   'Trung tâm Khai thác vận chuyển miền Bắc',   'Giám đốc Trung tâm'),
    ('company',      'MT',     '',     'district',   'MT',   'Trung tâm Khai thác vận chuyển miền Trung', 'Giám đốc Trung tâm'),
    ('company',      'MN',     '',     'district',   'MN',   'Trung tâm Khai thác vận chuyển miền Nam',   'Giám đốc Trung tâm'),
    ('company',      'MB-XE',  'MB',   'team',       '',     'Đội xe miền Bắc',                       'Đội trưởng'),
    ('company',      'MB-KT',  'MB',   'team',       '',     'Tổ khai thác miền Bắc',                 'Tổ trưởng'),
    ('company',      'MT-XE',  'MT',   'team',       '',     'Đội xe miền Trung',                     'Đội trưởng'),
    ('company',      'MN-XE',  'MN',   'team',       '',     'Đội xe miền Nam',                       'Đội trưởng'),
    ('company',      'MN-KT',  'MN',   'team',       '',     'Tổ khai thác miền Nam',                 'Tổ trưởng'),
    ('province',     'VP',     '',     'office',     'VP',   'Văn phòng',                             'Chánh Văn phòng'),
    ('province',     'KTTC',   '',     'department', 'KTTC', 'Phòng Kế toán – Tài chính',             'Trưởng phòng'),
    ('province',     'KHKD',   '',     'department', 'KHKD', 'Phòng Kế hoạch – Kinh doanh',           'Trưởng phòng'),
    ('province',     'KTNV',   '',     'department', 'KTNV', 'Phòng Kỹ thuật – Nghiệp vụ',            'Trưởng phòng'),
    ('province',     'KV1',    '',     'district',   'KV1',  'Bưu điện Khu vực 1',                    'Giám đốc Bưu điện khu vực'),
    ('province',     'KV2',    '',     'district',   'KV2',  'Bưu điện Khu vực 2',                    'Giám đốc Bưu điện khu vực'),
    ('province',     'KV3',    '',     'district',   'KV3',  'Bưu điện Khu vực 3',                    'Giám đốc Bưu điện khu vực'),
    ('province',     'KV1-BC', 'KV1',  'post_office', '',    'Bưu cục Giao dịch trung tâm',           'Trưởng bưu cục'),
    ('province',     'KV1-TP', 'KV1',  'team',       '',     'Tổ phát trung tâm',                     'Tổ trưởng'),
    ('province',     'KV2-BC', 'KV2',  'post_office', '',    'Bưu cục Tân Lập',                       'Trưởng bưu cục'),
    ('province',     'KV2-X1', 'KV2',  'culture_point', '',  'Điểm Bưu điện – Văn hóa xã Minh Tân',   'Phụ trách điểm'),
    ('province',     'KV2-X2', 'KV2',  'culture_point', '',  'Điểm Bưu điện – Văn hóa xã Đại Đồng',   'Phụ trách điểm'),
    ('province',     'KV3-BC', 'KV3',  'post_office', '',    'Bưu cục Phú Hòa',                       'Trưởng bưu cục'),
    ('province',     'KV3-X1', 'KV3',  'culture_point', '',  'Điểm Bưu điện – Văn hóa xã Xuân Phú',   'Phụ trách điểm'),
    ('province',     'KV3-X2', 'KV3',  'culture_point', '',  'Điểm Bưu điện – Văn hóa xã Hưng Thịnh', 'Phụ trách điểm');

-- Hà Nội's Bưu điện Trung tâm in place of the invented areas, under their own unit codes, with post offices that exist.
CREATE TEMPORARY TABLE demo_tenant_unit ON COMMIT DROP AS
SELECT t.id AS tenant_id, u.code, u.parent_code, u.kind, u.symbol, u.name, u.head_title,
       row_number() OVER (PARTITION BY t.id ORDER BY u.ordinal) AS position
  FROM demo_tenant AS t
  JOIN (SELECT demo_unit.*, row_number() OVER () AS ordinal FROM demo_unit) AS u ON u.tenant_kind = t.kind
 WHERE NOT (t.code = 'BDHN' AND (u.code LIKE 'KV%'))
UNION ALL
SELECT t.id, h.code, h.parent_code, h.kind, h.symbol, h.name, h.head_title, 100 + h.ordinal
  FROM demo_tenant AS t,
       (VALUES (1, '11', '', 'district', 'HK', 'Bưu điện Trung tâm Hoàn Kiếm', 'Giám đốc Bưu điện Trung tâm'),
               (2, '12', '', 'district', 'HĐ', 'Bưu điện Trung tâm Hà Đông', 'Giám đốc Bưu điện Trung tâm'),
               (3, '13', '', 'district', 'CG', 'Bưu điện Trung tâm Cầu Giấy', 'Giám đốc Bưu điện Trung tâm'),
               (4, '14', '', 'district', 'TL', 'Bưu điện Trung tâm Từ Liêm', 'Giám đốc Bưu điện Trung tâm'),
               (5, '15', '', 'district', 'LB', 'Bưu điện Trung tâm Long Biên', 'Giám đốc Bưu điện Trung tâm'),
               (6, '21', '', 'district', 'ĐA', 'Bưu điện Trung tâm Đông Anh', 'Giám đốc Bưu điện Trung tâm'),
               (7, '34', '', 'district', 'TT', 'Bưu điện Trung tâm Thanh Trì', 'Giám đốc Bưu điện Trung tâm'),
               (8, '37', '', 'district', 'CM', 'Bưu điện Trung tâm Chương Mỹ', 'Giám đốc Bưu điện Trung tâm'),
               (9, '49', '', 'district', 'ST', 'Bưu điện Trung tâm Sơn Tây', 'Giám đốc Bưu điện Trung tâm'),
               (10, '11-BC1', '11', 'post_office', '', 'Bưu cục Giao dịch Bờ Hồ', 'Trưởng bưu cục'),
               (11, '11-TP', '11', 'team', '', 'Tổ phát Hoàn Kiếm', 'Tổ trưởng'),
               (12, '12-BC1', '12', 'post_office', '', 'Bưu cục Giao dịch Hà Đông', 'Trưởng bưu cục'),
               (13, '13-BC1', '13', 'post_office', '', 'Bưu cục Giao dịch Cầu Giấy', 'Trưởng bưu cục'),
               (14, '13-TP', '13', 'team', '', 'Tổ phát Cầu Giấy', 'Tổ trưởng'),
               (15, '37-X1', '37', 'culture_point', '', 'Điểm Bưu điện – Văn hóa xã Thủy Xuân Tiên', 'Phụ trách điểm'),
               (16, '49-X1', '49', 'culture_point', '', 'Điểm Bưu điện – Văn hóa xã Đường Lâm', 'Phụ trách điểm'))
       AS h (ordinal, code, parent_code, kind, symbol, name, head_title)
 WHERE t.code = 'BDHN';

-- Parents before children, because the path of a unit is made from its parent's.
INSERT INTO organisation.unit (tenant_id, code, name, kind, symbol)
SELECT d.id, d.unit_code, CASE d.kind WHEN 'headquarters' THEN 'Tổng công ty Bưu điện Việt Nam' ELSE d.name END, 'organisation', d.abbreviation
  FROM demo_tenant AS d
 WHERE NOT EXISTS (SELECT FROM organisation.unit AS u WHERE u.tenant_id = d.id AND u.parent_id IS NULL);

INSERT INTO organisation.unit (tenant_id, parent_id, code, name, kind, symbol, position)
SELECT d.tenant_id, root.id, d.code, d.name, d.kind, d.symbol, d.position
  FROM demo_tenant_unit AS d
  JOIN organisation.unit AS root ON root.tenant_id = d.tenant_id AND root.parent_id IS NULL
 WHERE d.parent_code = ''
    ON CONFLICT (tenant_id, code) DO NOTHING;

INSERT INTO organisation.unit (tenant_id, parent_id, code, name, kind, symbol, position)
SELECT d.tenant_id, parent.id, d.code, d.name, d.kind, d.symbol, d.position
  FROM demo_tenant_unit AS d
  JOIN organisation.unit AS parent ON parent.tenant_id = d.tenant_id AND parent.code = d.parent_code
    ON CONFLICT (tenant_id, code) DO NOTHING;
