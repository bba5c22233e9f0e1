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

/// Where time stamps come from: the services of the configuration in their order, each when those before it gave none.
public struct TimeStampSource: Sendable {
    let services: AuthorityServices

    public init(services: AuthorityServices) {
        self.services = services
    }

    /// The hash of what is stamped.
    public enum Hash: String, Sendable {
        case sha256, sha384, sha512
    }

    private static let answerLimit = 256 << 10

    /// Has a digest stamped, and checks the token. Throws `SignaturesError.timeStampFailed` when none is given or the one given is not good.
    public func token(over digest: [UInt8], hash: Hash = .sha256) async throws -> TimeStampToken {
        let size = [Hash.sha256: 32, .sha384: 48, .sha512: 64][hash]
        guard digest.count == size else { throw SoftKeyError.unacceptable("digest of another size") }
        let request = try TimeStampRequest(imprint: digest)
        let trusted = try await self.trusted()
        return try await self.first { try await self.answer(to: request, by: $0, trusted).token }
    }

    /// Whether anybody gives time stamps here: a service of others, or the internal CA where it has its key.
    public func isAvailable() async throws -> Bool {
        let wanted = self.services.keys.timeStamps.services
        if wanted.contains(where: { !$0.isInternal }) { return true }
        guard !wanted.isEmpty else { return false }
        return try await self.services.keys.authorities(in: self.services.database).timeStamp != nil
    }

    func trusted() async throws -> TrustList {
        try await self.services.database.transaction { transaction in try TrustList.read(in: transaction) }
    }

    /// Goes through the services until `body` has of one what it wants. Throws `SignaturesError.timeStampFailed` with the reasons of all.
    func first<Value>(_ body: (TimeStampService) async throws -> Value) async throws -> Value {
        var reasons: [String] = []
        for service in self.services.keys.timeStamps.services {
            do {
                return try await body(service)
            } catch SignaturesError.timeStampFailed(let reason) {
                reasons.append("\(service.id): \(reason)")
            } catch SignaturesError.authorityOffline {
                reasons.append("\(service.id): offline")
            }
        }
        throw SignaturesError.timeStampFailed(reason: reasons.joined(separator: "; "))
    }

    /// One service's answer to a request, after every check, and its token. Throws `SignaturesError.timeStampFailed`, `.authorityOffline`.
    func answer(
        to request: TimeStampRequest, by service: TimeStampService, _ trusted: TrustList
    ) async throws -> (response: [UInt8], token: TimeStampToken) {
        let query = TimeStampQuery(der: try request.der(policy: service.isInternal ? nil : service.policy))
        let response = try await self.response(to: query.der, by: service)
        do {
            _ = try request.token(in: response)
        } catch {
            throw SignaturesError.timeStampFailed(reason: error.code)
        }
        let token = try query.checked(response, roots: trusted.roots, intermediates: trusted.intermediates)
        self.services.keys.knownStampers.note(token.path, of: service)
        return (response, token)
    }

    private func response(to query: [UInt8], by service: TimeStampService) async throws -> [UInt8] {
        if service.isInternal { return try await self.services.stamp(query) }
        let authorization: String?
        do {
            authorization = try service.authorization()
        } catch {
            throw SignaturesError.timeStampFailed(reason: "secret cannot be read")
        }
        do {
            return try await self.services.keys.outside.fetch(
                service.address,
                posting: OutsideFetch.Body(
                    type: "application/timestamp-query", bytes: query, authorization: authorization),
                limit: Self.answerLimit, within: .seconds(service.time))
        } catch {
            throw SignaturesError.timeStampFailed(reason: error.rawValue)
        }
    }

    /// The certificate that a service stamps with, and those above it up to the root: as it was seen last, or in a token over nothing.
    func path(of service: TimeStampService, _ trusted: TrustList) async throws -> [[UInt8]] {
        if let known = self.services.keys.knownStampers.path(of: service) { return known }
        let request = try TimeStampRequest(imprint: try SoftKey.random(32))
        return try await self.answer(to: request, by: service, trusted).token.path
    }
}
