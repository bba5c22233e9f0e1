import Foundation
import Organisation
import Postgres
import Signatures

/// Ends a post; the certificate that said so of its holder ends with it (Decree 23/2025: a certificate states title and organisation).
public struct EndAppointment: Sendable {
    public let post: UUID

    public init(post: UUID) {
        self.post = post
    }

    /// Throws what `EndPost` throws. For administrators.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        try EndPost(id: self.post)(in: transaction)
        CertificateRevocation(reason: .cessationOfOperation).queue(ofPost: self.post, in: transaction)
    }
}

/// Gives a post another title (chức danh). The certificate with the former one is revoked; the holder makes a new key.
public struct ChangeAppointment: Sendable {
    public let post: UUID
    public let title: String

    public init(post: UUID, title: String) {
        self.post = post
        self.title = title
    }

    /// Throws what `RetitlePost` throws. For administrators.
    public func callAsFunction(in transaction: borrowing Transaction) throws {
        guard try RetitlePost(id: self.post, title: self.title)(in: transaction) else { return }
        CertificateRevocation(reason: .affiliationChanged).queue(ofPost: self.post, in: transaction)
    }
}
