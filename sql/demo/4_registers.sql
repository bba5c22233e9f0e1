-- Demonstration, part 4: three registers a tenant for the current year. Outgoing numbers run by type of document (Decree 30/2020,
-- art. 15, leaves that to the head of the organisation), incoming ones in one series by arrival (art. 22).
INSERT INTO documents.register (tenant_id, direction, name, year, series_by, symbol_template, letter_template)
SELECT t.id, r.direction, r.name, extract(year FROM now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::integer, r.series_by,
       r.symbol_template, r.letter_template
  FROM demo_tenant AS t,
       (VALUES ('incoming', 'Sổ văn bản đến', 'register', '{type}-{organisation}', '{organisation}-{unit}'),
               ('outgoing', 'Sổ văn bản đi', 'type', '{type}-{organisation}', '{organisation}-{unit}'),
               ('internal', 'Sổ văn bản nội bộ', 'register', '{type}-{organisation}-NB', '{organisation}-{unit}-NB'))
       AS r (direction, name, series_by, symbol_template, letter_template)
    ON CONFLICT (tenant_id, direction, year, name) DO NOTHING;
