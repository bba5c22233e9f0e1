import Foundation
import PAdES
import Platform
import Postgres

/// What a check of a certificate found before it was to sign: its time, its path up to a trusted root, and its revocation and that of
/// every CA above it (Decree 23/2025, art. 15; Circular 15/2025, art. 5).
public struct CertificateCheck: Sendable, Hashable {
    /// What was found, as it is kept with the check.
    public enum Result: String, Sendable, Hashable {
        case good
        case notYetValid = "not_yet_valid"
        case expired
        /// It, or a CA above it.
        case revoked
        /// No path to a trusted root.
        case untrusted
        /// Not for signing documents.
        case unsuitable
        /// Nobody could say whether it is revoked, so it signs nothing.
        case statusUnknown = "status_unknown"
    }

    /// Who said whether the certificate itself is revoked.
    public enum Source: String, Sendable, Hashable {
        case `internal`, ocsp, crl, none
    }

    public let result: Result
    public let source: Source
    /// The name of the root that its path ends at.
    public let root: String?
    /// More about a result that is not good, for the log and the record: also who was asked in vain, and why.
    public let detail: String
    /// Why nobody could say whether it is revoked.
    public var silence: OutsideSilence?
    /// The path up to the root, DER, the certificate first; empty without one.
    public let path: [[UInt8]]
    /// What was said of each certificate of the path.
    public let evidence: [RevocationSource.Evidence]
    public let certificate: [UInt8]
    public let subject: String
    /// Hexadecimal.
    public let serial: String

    public var isGood: Bool { self.result == .good }

    /// The refusal of a signature by such a certificate; nil when it is good.
    public var refusal: SignaturesError? {
        switch self.result {
        case .good: nil
        case .notYetValid: .certificateNotYetValid
        case .expired: .certificateExpired
        case .revoked: .certificateRevoked
        case .untrusted: .certificateUntrusted
        case .unsuitable: .certificateUnsuitable
        case .statusUnknown: .certificateStatusUnknown(self.silence)
        }
    }

    /// Queues the record of the check, under whoever asks: also of one that forbade the signature, in a transaction that commits.
    public func keep(in transaction: borrowing Transaction) {
        transaction.queue(
            """
            INSERT INTO signatures.certificate_check (sha256, subject, serial, result, source, root, detail)
            VALUES (\(SHA256.digest(self.certificate)), \(self.subject), \(self.serial), \(self.result.rawValue),
                    \(self.source.rawValue), \(self.root), \(self.detail))
            """)
    }
}
