import Foundation
import Postgres

/// The versions of a document's main file, beside each other.
public enum DocumentVersions {
    /// The texts of two versions, for comparing: at most 200,000 characters each, cut where `…_is_cut`. A signed version has the text of
    /// the upload it was made from. A text is null while it is being read, and for a file without one. No row when the document or a
    /// version is not there, or not for the caller's eyes.
    public static func texts(_ document: UUID, older: Int64, newer: Int64) -> SQL {
        """
        SELECT a.version AS older_version, a.created_at AS older_at, o.content AS older_text, o.is_cut AS older_is_cut,
               b.version AS newer_version, b.created_at AS newer_at, n.content AS newer_text, n.is_cut AS newer_is_cut
          FROM documents.file AS a
          JOIN documents.file AS b ON b.document_id = a.document_id AND b.role = 'main' AND b.version = \(newer)::bigint::integer
          LEFT JOIN LATERAL (\(Self.text(of: "a"))) AS o ON true
          LEFT JOIN LATERAL (\(Self.text(of: "b"))) AS n ON true
         WHERE a.document_id = \(document) AND a.role = 'main' AND a.version = \(older)::bigint::integer
           AND \(Readers.mayRead("a.document_id"))
        """
    }

    private static func text(of file: String) -> SQL {
        """
        SELECT left(t.content, 200000) AS content, char_length(t.content) > 200000 AS is_cut
          FROM (SELECT f.id FROM documents.file AS f
                 WHERE f.document_id = \(unescaped: file).document_id AND f.role = 'main' AND f.version <= \(unescaped: file).version
                   AND f.origin IN ('upload', 'delivery')
                 ORDER BY f.version DESC
                 LIMIT 1) AS u
          JOIN documents.file_text AS t ON t.file_id = u.id
        """
    }
}
