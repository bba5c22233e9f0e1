import Foundation
import PAdES
import Platform
import Postgres

/// A revocation list as it was published.
public struct PublishedList: Sendable {
    public let number: Int64
    /// DER.
    public let list: [UInt8]
    public let entries: Int
    public let thisUpdate: Instant
    public let nextUpdate: Instant
}

extension AuthorityServices {
    /// The newest list of an authority; nil when there is no such authority, or its key is offline and it left no list.
    ///
    /// A list that lacks somebody, or has lived half its life, is followed by the next one. Servers that do it at once publish one.
    public func list(of id: UUID) async throws -> PublishedList? {
        guard let authority = try await self.keys.authorities(in: self.database)[id],
            authority.kind == .root || authority.kind == .issuing
        else { return nil }
        let (newest, revoked) = try await self.standing(of: id)
        if let newest, newest.entries == revoked.count, Self.isYoung(newest) { return newest }
        guard authority.wrappedKey != nil else { return newest }
        let now = KeyRoom.now
        let list = RevocationList(
            number: (newest?.number ?? 0) + 1, thisUpdate: now, nextUpdate: now + self.keys.settings.listLifetime,
            revoked: revoked)
        return try await self.publish(list, of: authority)
    }

    /// Signs the next list and keeps it; when another server kept one with this number first, that one stands.
    private func publish(_ list: RevocationList, of authority: Authority) async throws -> PublishedList? {
        let signed = try await self.keys.perform(.list(list), by: authority)
        try await self.database.transaction { transaction in
            list.keep(signed, of: authority.id, in: transaction)
            // What was published stays for a month after its end; documents carry what they were judged by.
            transaction.queue(
                """
                DELETE FROM signatures.revocation_list
                 WHERE authority_id = \(authority.id) AND next_update < now() - interval '30 days' AND number < \(list.number)
                """)
        }
        return try await self.standing(of: authority.id).newest
    }

    /// Signs and publishes the list that stands for as long as the root's key is away.
    func publishOfflineList(of root: Authority, key: KeyPair) async throws -> PublishedList {
        // A server may publish a list of the same number at the same moment; the next number is ours.
        for _ in 0..<5 {
            let (newest, revoked) = try await self.standing(of: root.id)
            let now = KeyRoom.now
            let list = RevocationList(
                number: (newest?.number ?? 0) + 1, thisUpdate: now,
                nextUpdate: now + self.keys.settings.offlineListLifetime, revoked: revoked)
            let signed = try list.signed(by: root, key: key)
            try await self.database.transaction { transaction in
                list.keep(signed, of: root.id, in: transaction)
            }
            if let kept = try await self.standing(of: root.id).newest, kept.list == signed { return kept }
        }
        throw SignaturesError.authorityOffline
    }

    /// Publishes what is due of every authority whose key is here: to be called by the clock, so that a list never waits for a reader.
    public func renewLists() async throws {
        for authority in try await self.keys.authorities(in: self.database).issuers where authority.wrappedKey != nil {
            _ = try await self.list(of: authority.id)
        }
    }

    private static func isYoung(_ list: PublishedList) -> Bool {
        let life = list.nextUpdate.microseconds - list.thisUpdate.microseconds
        return Instant.now.microseconds < list.thisUpdate.microseconds + life / 2
    }

    /// The newest list, and everything that belongs on it now.
    private func standing(of id: UUID) async throws -> (newest: PublishedList?, revoked: [RevokedCertificate]) {
        try await self.database.transaction { transaction in
            let newest: PublishedList? = try transaction.first(
                """
                SELECT l.number, l.list, l.entries, l.this_update, l.next_update
                  FROM signatures.revocation_list AS l
                 WHERE l.authority_id = \(id)
                 ORDER BY l.number DESC
                 LIMIT 1
                """
            ) { row in
                PublishedList(
                    number: try row.column(0), list: try row.column(1), entries: Int(try row.column(2, as: Int32.self)),
                    thisUpdate: try row.column(3), nextUpdate: try row.column(4))
            }
            let revoked = try transaction.rows(
                "SELECT r.serial, r.revoked_at, r.reason FROM signatures.revoked_by_authority(\(id)) AS r"
            ) { row in Self.revoked(try row.column(0), try row.column(1), try row.optional(2)) }
            return (newest, revoked)
        }
    }
}

extension RevocationList {
    /// Queues a signed list; one of the same number that was there first stays.
    public func keep(_ signed: [UInt8], of authority: UUID, in transaction: borrowing Transaction) {
        transaction.queue(
            """
            INSERT INTO signatures.revocation_list (authority_id, number, list, entries, this_update, next_update)
            VALUES (\(authority), \(self.number), \(signed), \(Int32(self.revoked.count)),
                    \(Instant(microseconds: self.thisUpdate * 1_000_000)), \(Instant(microseconds: self.nextUpdate * 1_000_000)))
                ON CONFLICT DO NOTHING
            """)
    }
}
