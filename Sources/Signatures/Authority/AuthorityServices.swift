import Foundation
import PAdES
import Platform
import Postgres

/// What the internal CA tells the world: its certificates, who of them is revoked, and what time it is.
public struct AuthorityServices: Sendable {
    public let database: Database
    public let keys: KeyRoom

    public init(database: Database, keys: KeyRoom) {
        self.database = database
        self.keys = keys
    }

    /// The certificate of an authority, DER; nil when there is none with this id.
    public func certificate(of id: UUID) async throws -> [UInt8]? {
        try await self.keys.authorities(in: self.database)[id]?.certificate
    }

    /// An answer to somebody's OCSP request.
    public struct Answer: Sendable {
        /// DER.
        public let response: [UInt8]
        /// From when to when it holds, seconds since 1970; nil for a refusal and for what answers one request alone.
        public let holds: ClosedRange<Int64>?
    }

    /// Answers an OCSP request. Any bytes are safe: what is no request is answered so.
    public func answer(to request: [UInt8]) async throws -> Answer {
        guard let query = OCSPQuery(request) else {
            return Answer(response: try OCSPAnswer.Refusal.malformedRequest.response(), holds: nil)
        }
        let authorities = try await self.keys.authorities(in: self.database)
        guard let issuer = authorities.issuers.first(where: { query.isAbout($0.certificate) }),
            let responder = authorities.responder(of: issuer.id)
        else { return Answer(response: try OCSPAnswer.Refusal.unauthorized.response(), holds: nil) }
        let known = try await self.statuses(of: query.serials, by: issuer.id)
        let now = KeyRoom.now
        let answer = OCSPAnswer(
            request: request, statuses: query.serials.map { known[$0] ?? .unknown }, thisUpdate: now,
            nextUpdate: now + self.keys.settings.answerLifetime)
        return Answer(
            response: try await self.keys.perform(.answer(answer), by: responder),
            holds: query.hasNonce ? nil : answer.thisUpdate...answer.nextUpdate)
    }

    private func statuses(of serials: [String], by issuer: UUID) async throws -> [String: OCSPAnswer.Status] {
        let rows = try await self.database.transaction { transaction in
            try transaction.rows(
                "SELECT s.serial, s.revoked_at, s.reason FROM signatures.status_of(\(issuer), \(serials)) AS s"
            ) { row in
                (
                    serial: try row.column(0, as: String.self), at: try row.optional(1, as: Instant.self),
                    reason: try row.optional(2, as: String.self)
                )
            }
        }
        return rows.reduce(into: [:]) { known, row in
            known[row.serial] =
                row.at.map { .revoked(Self.revoked(row.serial, $0, row.reason)) } ?? OCSPAnswer.Status.good
        }
    }

    static func revoked(_ serial: String, _ at: Instant, _ reason: String?) -> RevokedCertificate {
        RevokedCertificate(
            serial: serial, at: at.microseconds / 1_000_000,
            reason: reason.flatMap(RevocationReason.init) ?? .unspecified)
    }

    /// Answers a time-stamp request (RFC 3161), also one that is to be refused. Any bytes are safe. Throws
    /// `SignaturesError.authorityOffline` without a time-stamp authority.
    public func stamp(_ request: [UInt8]) async throws -> [UInt8] {
        guard let authority = try await self.keys.authorities(in: self.database).timeStamp else {
            throw SignaturesError.authorityOffline
        }
        // The clock is the database's, so that all servers share it; the row's lock puts their tokens into one order.
        let tick: (serial: Int64, at: Instant) = try await self.database.transaction { transaction in
            try transaction.one(
                """
                UPDATE signatures.time_stamp_clock
                   SET serial = serial + 1, told_at = greatest(clock_timestamp(), told_at + interval '1 microsecond')
                RETURNING serial, told_at
                """
            ) { row in (try row.column(0), try row.column(1)) }
        }
        return try await self.keys.perform(
            .stamp(
                TimeStamp(
                    request: request, serial: tick.serial, time: tick.at.microseconds,
                    policy: self.keys.settings.timeStampPolicy)), by: authority)
    }
}
