import Foundation
import PAdES
import Platform
import Postgres

/// A time stamp that was checked: it is about what was asked, and its signer's path leads to a trusted root.
public struct TimeStampToken: Sendable, Hashable {
    /// DER of the token (ContentInfo with SignedData), as it goes into a signature.
    public let der: [UInt8]
    /// When the time-stamp authority saw the digest, microseconds since 1970.
    public let time: Int64
    /// The time-stamp authority's certificate and those above it up to the root, DER: for evidence about them.
    public let path: [[UInt8]]
}

/// Where time stamps come from.
public struct TimeStampSource: Sendable {
    let services: AuthorityServices

    public init(services: AuthorityServices) {
        self.services = services
    }

    /// The hash of what is stamped.
    public enum Hash: String, Sendable {
        case sha256, sha384, sha512
    }

    /// Has a digest stamped, and checks the token. Throws `SignaturesError.timeStampFailed` when none is given or the one given is not good.
    public func token(over digest: [UInt8], hash: Hash = .sha256) async throws -> TimeStampToken {
        let request = try TimeStampQuery(digest: digest, hash: hash)
        let response = try await self.services.stamp(request.der)
        let trusted = try await self.services.database.transaction { transaction in
            try TrustList.read(in: transaction)
        }
        return try request.checked(response, roots: trusted.roots, intermediates: trusted.intermediates)
    }
}
