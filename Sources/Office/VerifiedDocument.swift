import Documents
import Foundation
import Platform
import Postgres
import Signatures

/// The kept reports on a document's files. Of what the caller may not read there are none.
public enum VerifiedDocument {
    /// Those on the newest main file, with their words in a language (`vi`, `en`), the newest first.
    public static func history(of document: UUID, language: String) -> SQL {
        VerificationQueries.history(
            of: """
                (SELECT f.sha256 FROM documents.file AS f
                  WHERE f.document_id = \(document) AND f.role = 'main' AND \(Readers.mayRead("f.document_id"))
                  ORDER BY f.version DESC LIMIT 1)
                """, language: language)
    }

    /// How the signatures of the newest main file stay provable: one row at most.
    public static func archive(of document: UUID) -> SQL {
        """
        SELECT f.id AS file_id, a.copy_sha256 IS NOT NULL AS has_copy, a.carried_until, a.reason, a.renewals
          FROM (SELECT n.id, n.sha256 FROM documents.file AS n
                 WHERE n.document_id = \(document) AND n.role = 'main' AND \(Readers.mayRead("n.document_id"))
                 ORDER BY n.version DESC LIMIT 1) AS f
          JOIN signatures.archive AS a ON a.sha256 = f.sha256
        """
    }

    /// Those on all files, the newest first, as one row with `items` and `next`; no row for a document that the caller may not read.
    public static func reports(on document: UUID) -> SQL {
        """
        SELECT coalesce((SELECT json_agg(r) FROM (
                   SELECT v.id, f.id AS file_id, f.name AS file_name, v.occasion, v.verdict, v.trust, v.checked_at,
                          v.report -> 'summary' AS summary
                     FROM documents.file AS f
                     JOIN signatures.verification AS v ON v.sha256 = f.sha256
                    WHERE f.document_id = d.id
                    ORDER BY v.id DESC, f.id
                    LIMIT 100) AS r), '[]') AS items, NULL::text AS next
          FROM documents.document AS d
         WHERE d.id = \(document) AND \(Readers.mayRead("d.id"))
        """
    }

    /// One report, whole; no row unless the caller may read a document with that content.
    public static func report(_ id: UUID) -> SQL {
        """
        SELECT v.id, v.occasion, v.checked_at, v.report
          FROM signatures.verification AS v
         WHERE v.id = \(id)
           AND EXISTS (SELECT FROM documents.file AS f
                        WHERE f.sha256 = v.sha256 AND \(Readers.mayRead("f.document_id")))
        """
    }
}
