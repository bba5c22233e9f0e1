import Postgres

/// SQL for who a holder is, as people read it. A holder is a post, a unit (its head) or the organisation (its clerks, văn thư).
enum Holder {
    /// `post`, `unit` or `registry` of the holder in a column.
    static func kind(_ column: String) -> SQL {
        """
        CASE WHEN \(unescaped: column) = platform.current_tenant() THEN 'registry'
             WHEN EXISTS (SELECT FROM organisation.unit AS hu WHERE hu.id = \(unescaped: column)) THEN 'unit' ELSE 'post' END
        """
    }

    /// "Họ tên · chức danh", the unit's name, or Văn thư.
    static func name(_ column: String) -> SQL {
        """
        CASE WHEN \(unescaped: column) = platform.current_tenant() THEN 'Văn thư'
             ELSE coalesce((SELECT hp.full_name || ' · ' || ht.title
                              FROM organisation.post AS ht
                              JOIN organisation.person AS hp ON hp.id = ht.person_id
                             WHERE ht.id = \(unescaped: column)),
                           (SELECT hu.name FROM organisation.unit AS hu WHERE hu.id = \(unescaped: column)), '') END
        """
    }
}
