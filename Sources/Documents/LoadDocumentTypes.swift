import Postgres

/// Brings the types of administrative document (Decree 30/2020, art. 7) from `Config/document-types.json` into the database. Run at
/// every migration, as the owner of the schema; a type that documents have is never removed.
public struct LoadDocumentTypes: Sendable {
    let types: JSONText

    /// `types`: an array of `{"code", "name", "abbreviation", "is_copy"}` in the order in which people see them.
    public init(types: JSONText) {
        self.types = types
    }

    /// Returns how many types there are in the file.
    public func callAsFunction(in transaction: borrowing Transaction) throws -> Int {
        try transaction.run(
            """
            INSERT INTO documents.document_type (code, name, abbreviation, is_copy, position)
            SELECT t.item ->> 'code', t.item ->> 'name', coalesce(t.item ->> 'abbreviation', ''),
                   coalesce((t.item ->> 'is_copy')::boolean, false), t.position
              FROM jsonb_array_elements(\(self.types)::jsonb) WITH ORDINALITY AS t (item, position)
                ON CONFLICT (code) DO UPDATE
               SET name = excluded.name, abbreviation = excluded.abbreviation, is_copy = excluded.is_copy,
                   position = excluded.position
            """)
    }
}
