import Foundation
import Platform
import Postgres

/// What the pages of units and people read: always a bounded piece, however large the organisation is.
extension OrganisationQueries {
    /// The open units directly under `parent` (of the organisation when it is nil) in the order people know them, each with what is
    /// directly under it: `id`, `name`, `kind`, `symbol`, `people`, `head_name`, `units` (up to 20, of `id`, `name`, `people`) and
    /// `count` of all units directly under it.
    public static func branch(under parent: UUID?, after cursor: String?, limit: Int) -> SQL {
        """
        SELECT u.id, u.name, u.kind, u.symbol,
               \(unescaped: Self.people(in: "u")) AS people, \(unescaped: Self.head(of: "u")) AS head_name,
               (SELECT count(*) FROM organisation.unit AS v WHERE v.parent_id = u.id AND v.closed_on IS NULL) AS count,
               (SELECT coalesce(json_agg(json_build_object('id', w.id, 'name', w.name, 'people', w.people)
                                         ORDER BY w.position, w.id), '[]')
                  FROM (SELECT v.id, v.name, v.position, \(unescaped: Self.people(in: "v")) AS people
                          FROM organisation.unit AS v
                         WHERE v.parent_id = u.id AND v.closed_on IS NULL
                         ORDER BY v.position, v.id
                         LIMIT 20) AS w) AS units,
               to_char(u.position, 'FM0000000000') || u.id AS _cursor
          FROM organisation.unit AS u
         WHERE u.parent_id = coalesce(\(parent), (SELECT r.id FROM organisation.unit AS r WHERE r.parent_id IS NULL LIMIT 1))
           AND u.closed_on IS NULL
           AND (to_char(u.position, 'FM0000000000') || u.id) COLLATE "C" > \(cursor ?? "")
         ORDER BY u.position, u.id
         LIMIT \(Int64(limit + 1))
        """
    }

    /// Open units whose name has, for each word typed, a word that begins so; accents are optional: `id`, `name`, `kind`, `above` (the
    /// unit above), `people`.
    public static func units(named text: String, limit: Int) -> SQL {
        """
        SELECT u.id, u.name, u.kind, a.name AS above, \(unescaped: Self.people(in: "u")) AS people
          FROM organisation.unit AS u
          LEFT JOIN organisation.unit AS a ON a.id = u.parent_id
         WHERE u.closed_on IS NULL AND ' ' || u.folded_name LIKE ALL (
        """ + Self.beginnings(of: text)
            + """
            )
             ORDER BY u.name COLLATE "vi-x-icu", u.id
             LIMIT \(Int64(limit))
            """
    }

    /// From the organisation down to the unit itself: `id`, `name`.
    public static func line(to unit: UUID?) -> SQL {
        """
        SELECT a.id, a.name
          FROM organisation.unit AS u
          JOIN organisation.unit AS a ON a.id = ANY (string_to_array(rtrim(u.path, '.'), '.')::uuid[])
         WHERE u.id = coalesce(\(unit), (SELECT r.id FROM organisation.unit AS r WHERE r.parent_id IS NULL LIMIT 1))
         ORDER BY length(a.path)
        """
    }

    /// Posts of today of other people of the organisation, by the words of the name; of one's own unit when nothing is typed: `id`,
    /// `name`, `title`, `unit_name`.
    public static func colleagues(named text: String, limit: Int) -> SQL {
        let start: SQL = """
            SELECT t.id, p.full_name AS name, t.title, u.name AS unit_name
              FROM organisation.person AS p
              JOIN organisation.post AS t ON t.person_id = p.id
              JOIN organisation.unit AS u ON u.id = t.unit_id
             WHERE t.person_id <> platform.current_person() AND t.started_on <= current_date
               AND (t.ended_on IS NULL OR t.ended_on > current_date)
            """
        let end: SQL = """

             ORDER BY p.given_name COLLATE "vi-x-icu", p.full_name COLLATE "vi-x-icu", t.id
             LIMIT \(Int64(limit))
            """
        if text.isEmpty { return start + " AND t.unit_id = platform.current_unit()" + end }
        return start + " AND ' ' || p.folded_name LIKE ALL (" + Self.beginnings(of: text) + ")" + end
    }

    /// Who the caller is beside name and posts: `email`, `phone`.
    public static var profile: SQL {
        """
        SELECT p.full_name, p.email, p.phone
          FROM organisation.person AS p
         WHERE p.id = platform.current_person()
        """
    }

    /// A post that is held today: `id`, `title`, `role`, `person_name`, `unit_id`, `unit_name`.
    public static func post(_ id: UUID) -> SQL {
        """
        SELECT t.id, t.title, t.role, p.full_name AS person_name, u.id AS unit_id, u.name AS unit_name
          FROM organisation.post AS t
          JOIN organisation.person AS p ON p.id = t.person_id
          JOIN organisation.unit AS u ON u.id = t.unit_id
         WHERE t.id = \(id) AND (t.ended_on IS NULL OR t.ended_on > current_date)
        """
    }

    /// An array of patterns, one for each word typed: of names with a word that begins so.
    private static func beginnings(of text: String) -> SQL {
        """
        ARRAY(SELECT '% ' || w.word || '%'
                FROM regexp_split_to_table(btrim(translate(platform.fold(\(text)), '%_\\', '   ')), '\\s+') AS w (word))
        """
    }

    private static func people(in unit: String) -> String {
        """
        (SELECT count(DISTINCT t.person_id) FROM organisation.post AS t
          WHERE t.unit_id = \(unit).id AND t.started_on <= current_date AND (t.ended_on IS NULL OR t.ended_on > current_date))
        """
    }

    private static func head(of unit: String) -> String {
        """
        (SELECT min(p.full_name) FROM organisation.post AS t JOIN organisation.person AS p ON p.id = t.person_id
          WHERE t.unit_id = \(unit).id AND t.role = 'head' AND t.started_on <= current_date
            AND (t.ended_on IS NULL OR t.ended_on > current_date))
        """
    }
}
