import Foundation
import Postgres

extension OrganisationQueries {
    /// All open units of the tenant as people know them, parents before their children and beside each other by their position: `id`,
    /// `parent_id`, `depth` (0 for the organisation itself), `kind`, `name`, `symbol`, `people` (with a post of today directly in it),
    /// `head_name` (trưởng đơn vị; null without one). At most 20,000 rows.
    public static var tree: SQL {
        """
        WITH RECURSIVE line AS (
            SELECT u.id, 0 AS depth, to_char(u.position, 'FM0000000000') || u.id AS place
              FROM organisation.unit AS u
             WHERE u.parent_id IS NULL
             UNION ALL
            SELECT u.id, l.depth + 1, l.place || to_char(u.position, 'FM0000000000') || u.id
              FROM line AS l
              JOIN organisation.unit AS u ON u.parent_id = l.id
        ), staff AS (
            SELECT t.unit_id, count(DISTINCT t.person_id) AS people, min(p.full_name) FILTER (WHERE t.role = 'head') AS head_name
              FROM organisation.post AS t
              JOIN organisation.person AS p ON p.id = t.person_id
             WHERE t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
             GROUP BY t.unit_id
        )
        SELECT u.id, u.parent_id, l.depth, u.kind, u.name, u.symbol, coalesce(s.people, 0) AS people, s.head_name
          FROM line AS l
          JOIN organisation.unit AS u ON u.id = l.id
          LEFT JOIN staff AS s ON s.unit_id = u.id
         WHERE u.closed_on IS NULL
         ORDER BY l.place COLLATE "C"
         LIMIT 20000
        """
    }

    /// Whom work can be given to, for a field that completes what is typed: units with a head and posts of today whose name has, for
    /// each word typed, a word that begins so; accents and order are optional. Names that begin as typed come first.
    ///
    /// Rows: `id` (of the holder), `kind` (`unit`, `post`), `name` (of the unit or the person), `note` (of a unit its head and the unit
    /// above, of a post its title and unit). The kept `folded_name` of the tenant's units and people is read through `unit_parent_idx`
    /// and `person_name_idx`; who stands behind a name is asked for the best ones alone (20 ms for 14,000 units and 30,000 people).
    public static func holders(matching text: String, limit: Int) -> SQL {
        """
        WITH typed AS (
            SELECT btrim(translate(platform.fold(\(text)), '%_\\', '   ')) AS text
        ), pattern AS (
            SELECT t.text || '%' AS beginning, array_agg('% ' || w.word || '%') AS words
              FROM typed AS t, regexp_split_to_table(t.text, '\\s+') AS w (word)
             GROUP BY t.text
        ), unit AS (
            SELECT u.id, 'unit' AS kind, u.name, u.parent_id AS unit_id, '' AS title, u.begins
              FROM (SELECT v.id, v.name, v.parent_id, v.folded_name LIKE (SELECT p.beginning FROM pattern AS p) AS begins
                      FROM organisation.unit AS v
                     WHERE v.closed_on IS NULL AND ' ' || v.folded_name LIKE ALL ((SELECT p.words FROM pattern AS p)::text[])
                     ORDER BY begins DESC, v.name COLLATE "C", v.id
                    OFFSET 0) AS u
             WHERE EXISTS (SELECT FROM organisation.post AS t
                            WHERE t.unit_id = u.id AND t.role = 'head' AND t.started_on <= current_date
                              AND (t.ended_on IS NULL OR t.ended_on > current_date))
             ORDER BY u.begins DESC, u.name COLLATE "C", u.id
             LIMIT \(Int64(limit))
        ), post AS (
            SELECT t.id, 'post', n.full_name, t.unit_id, t.title, n.begins
              FROM (SELECT o.id, o.full_name, o.folded_name LIKE (SELECT p.beginning FROM pattern AS p) AS begins
                      FROM organisation.person AS o
                     WHERE ' ' || o.folded_name LIKE ALL ((SELECT p.words FROM pattern AS p)::text[])
                     ORDER BY begins DESC, o.full_name COLLATE "C", o.id
                    OFFSET 0) AS n
              JOIN organisation.post AS t ON t.person_id = n.id
             WHERE t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date)
             ORDER BY n.begins DESC, n.full_name COLLATE "C", n.id
             LIMIT \(Int64(limit))
        ), hit AS (
            SELECT * FROM unit UNION ALL SELECT * FROM post
        ), best AS (
            SELECT h.*
              FROM hit AS h
             ORDER BY h.begins DESC, h.kind DESC, h.name COLLATE "C", h.id
             LIMIT \(Int64(limit))
        )
        SELECT b.id, b.kind, b.name,
               concat_ws(' · ', nullif(b.title, ''),
                         (SELECT min(p.full_name)
                            FROM organisation.post AS t
                            JOIN organisation.person AS p ON p.id = t.person_id
                           WHERE b.kind = 'unit' AND t.unit_id = b.id AND t.role = 'head' AND t.started_on <= current_date
                             AND (t.ended_on IS NULL OR t.ended_on > current_date)),
                         u.name) AS note
          FROM best AS b
          LEFT JOIN organisation.unit AS u ON u.id = b.unit_id
         ORDER BY b.begins DESC, b.kind DESC, b.name COLLATE "C", b.id
        """
    }
}
