import Foundation
import Office
import PAdES
import Platform
import Postgres
import TestSupport
import Testing

@testable import Signatures

/// The second factor of soft keys: whose passkeys, for what, and how often.
@Suite(.database)
struct PasskeyTests {
    private func complete(
        _ signing: Signing, _ session: SigningSession, _ answer: PasskeyAnswer? = nil, pin: String = Signing.pin
    ) async throws -> [CompleteSigning.Outcome] {
        try await CompleteSigning(session: session.id, desk: signing.desk)(
            .pin(PIN(pin), answer), as: signing.leader.caller)
    }

    private func asked(_ signing: Signing, _ session: SigningSession) async throws -> [UInt8] {
        try #require(try await signing.challenge(session))
    }

    /// The same desk by another rule.
    private func desk(_ signing: Signing, _ rule: SignaturePolicy.SecondFactor) throws -> SigningDesk {
        SigningDesk(
            database: signing.desk.database, blobs: signing.desk.blobs, keys: signing.desk.keys,
            policy: SignaturePolicy(rules: try Signing.policy().rules, secondFactor: rule),
            relyingParty: SoftPasskey.party)
    }

    private func sign(_ signing: Signing, at desk: SigningDesk) async throws {
        let sign = SignDocument(
            document: signing.document, purpose: .signer, version: signing.version, desk: desk)
        _ = try await sign(pin: PIN(Signing.pin), as: signing.leader.caller)
    }

    @Test func aSoftKeySignsOnlyAfterItsHoldersPasskeyHasAnswered() async throws {
        let signing = try await Signing.begin()
        let (passkey, other) = (try SoftPasskey(), try SoftPasskey())
        let before = try await signing.prepare(.soft)
        #expect(try await signing.challenge(before) == nil)
        try await signing.register(passkey, as: signing.leader)
        try await signing.register(other, as: signing.travel.tenant.clerk)
        // It is wanted at once, for sessions that are open already, too.
        for session in [before, try await signing.prepare(.soft)] {
            let challenge = try await self.asked(signing, session)
            await #expect(throws: SignaturesError.passkeyRequired) { try await self.complete(signing, session) }
            await #expect(throws: SignaturesError.passkeyUnknown) {
                try await self.complete(signing, session, other.answer(challenge))
            }
            await #expect(throws: SignaturesError.passkeyRefused(.badSignature)) {
                try await self.complete(
                    signing, session,
                    PasskeyAnswer(credentialID: passkey.credentialID, assertion: other.answer(challenge).assertion))
            }
            await #expect(throws: SignaturesError.passkeyRefused(.wrongChallenge)) {
                try await self.complete(signing, session, passkey.answer(Array(repeating: 0, count: 32)))
            }
        }
        // None of that was a try of the PIN, and a second factor is no way around the first.
        #expect(try await signing.failures() == 0)
        let good = try passkey.answer(try await self.asked(signing, before), count: 1)
        let made = try #require(try await self.complete(signing, before, good).first).result.get()
        #expect(made.outcome.state == "signed")
        let kept: (nonce: [UInt8], statement: [UInt8], signature: [UInt8], key: UUID) = try await signing.travel.act(
            as: signing.leader
        ) { transaction in
            try transaction.one(
                """
                SELECT a.nonce, a.statement, a.signature, a.certificate_id FROM signatures.passkey_assertion AS a
                 WHERE a.session_id = \(before.id) AND a.passkey_id = \(passkey.id)
                """
            ) { row in (try row.column(0), try row.column(1), try row.column(2), try row.column(3)) }
        }
        let digests = try before.items.map { try $0.signature.digest }
        #expect(kept.signature == good.assertion.signature && kept.key == before.certificate.id)
        #expect(
            kept.statement
                == SigningChallenge(nonce: kept.nonce, digests: digests, key: before.certificate.id).statement)
        let audited: [String] = try await signing.travel.act(as: signing.leader) { transaction in
            try transaction.rows(
                """
                SELECT e.canonical::jsonb #>> '{after,challenge}' FROM platform.audit_entry AS e
                 WHERE e.action = 'passkey.approve' AND e.subject_id = \(before.id)
                """
            ) { row in try row.column(0) }
        }
        #expect(audited == [SHA256.digest(kept.statement).hexadecimal])
    }

    @Test func anAnswerIsGoodOnce() async throws {
        let signing = try await Signing.begin()
        let passkey = try SoftPasskey()
        try await signing.register(passkey, as: signing.leader)
        let session = try await signing.prepare(.soft)
        let answer = try passkey.answer(try await self.asked(signing, session))
        await #expect(throws: SignaturesError.wrongPIN(triesLeft: 4)) {
            try await self.complete(signing, session, answer, pin: "135799")
        }
        for pin in [Signing.pin, "135799"] {
            await #expect(throws: SignaturesError.passkeyRefused(.wrongChallenge)) {
                try await self.complete(signing, session, answer, pin: pin)
            }
        }
        #expect(try await signing.failures() == 1)
        let again = try passkey.answer(try await self.asked(signing, session))
        let made = try #require(try await self.complete(signing, session, again).first)
        #expect(try made.result.get().outcome.state == "signed")
        // It is done; doing it again needs nothing and changes nothing.
        #expect(try await self.complete(signing, session).count == 1)
    }

    @Test func anAnswerThatComesTwiceAtOnceCountsOnce() async throws {
        let signing = try await Signing.begin()
        let passkey = try SoftPasskey()
        try await signing.register(passkey, as: signing.leader)
        let session = try await signing.prepare(.soft)
        let answer = try passkey.answer(try await self.asked(signing, session))
        let errors = await withTaskGroup(of: SignaturesError?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do {
                        _ = try await signing.desk.database.transaction(as: signing.leader.caller) { transaction in
                            try session.approve(
                                by: answer, rule: .whenRegistered, for: SoftPasskey.party, in: transaction)
                        }
                        return nil
                    } catch {
                        return error as? SignaturesError ?? .wrongProof
                    }
                }
            }
            return await group.reduce(into: [SignaturesError?]()) { $0.append($1) }
        }
        #expect(errors.count { $0 == nil } == 1)
        #expect(errors.count { $0 == .passkeyRefused(.wrongChallenge) } == 3)
    }

    @Test func anAnswerIsForTheseDocumentsAlone() async throws {
        let signing = try await Signing.begin()
        let passkey = try SoftPasskey()
        try await signing.register(passkey, as: signing.leader)
        let second = try await Signing.awaitingSignature(signing.travel, signing.desk, Signing.pdf(turned: 90))
        let first = try await signing.prepare(.soft)
        let answer = try passkey.answer(try await self.asked(signing, first))
        let other = try await signing.prepare(
            .soft, [PrepareSigning.Wish(document: second.id, version: second.version)])
        await #expect(throws: SignaturesError.passkeyRefused(.wrongChallenge)) {
            try await self.complete(signing, other, answer)
        }
        // Whoever exchanges what was prepared behind the person's back has another challenge to answer.
        try await signing.travel.arrange(
            """
            UPDATE signatures.signing_item AS i SET prepared = o.prepared, addition = o.addition
              FROM signatures.signing_item AS o WHERE i.session_id = \(first.id) AND o.session_id = \(other.id)
            """)
        await #expect(throws: SignaturesError.passkeyRefused(.wrongChallenge)) {
            try await self.complete(signing, first, answer)
        }
        #expect(try await signing.failures() == 0)
    }

    @Test func aPasskeyIsItsHoldersAlone() async throws {
        let signing = try await Signing.begin()
        let passkey = try SoftPasskey()
        try await signing.register(passkey, as: signing.leader)
        let stranger = try await signing.travel.database.makeTenant()
        for other in [signing.travel.tenant.clerk, signing.travel.tenant.administrator, stranger.leader] {
            #expect(try await signing.travel.rows(PasskeyQueries.mine, as: other).isEmpty)
            let challenge = try await signing.begin(isProven: true, as: other)
            let remove = RemovePasskey(id: passkey.id, proof: try passkey.answer(challenge))
            await #expect(throws: SignaturesError.notFound) {
                try await signing.travel.act(as: other) { try remove(for: SoftPasskey.party, in: $0) }
            }
            // Nor may somebody else register it again under their name, within the organisation.
            if other.unit != stranger.root {
                let steal = try passkey.registration(challenge)
                await #expect(throws: DatabaseError.self) {
                    try await signing.travel.act(as: other) { try steal(for: SoftPasskey.party, in: $0) }
                }
            }
        }
        #expect(try await signing.travel.rows(PasskeyQueries.mine, as: signing.leader).count == 1)
        // The application's own role reads the table by no other way, and nobody rewrites the evidence.
        for table in ["passkey", "passkey_challenge"] {
            await #expect(throws: DatabaseError.self) {
                try await signing.travel.act(as: signing.leader) { transaction in
                    _ = try transaction.run("SELECT count(*) FROM signatures.\(unescaped: table)")
                }
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await signing.travel.arrange("DELETE FROM signatures.passkey_assertion")
        }
    }

    @Test func anOpenSessionAloneNeitherAddsNorRemoves() async throws {
        let signing = try await Signing.begin()
        let (first, second) = (try SoftPasskey(), try SoftPasskey())
        let leader = signing.leader
        await #expect(throws: Refusal(422, "password_required", field: "password")) {
            try await signing.begin(as: leader)
        }
        try await signing.register(first, as: leader)
        // Now the passkey proves; the password, which somebody may have watched, does not.
        let challenge = try await signing.begin(isProven: true, as: leader)
        let (unproven, proven) = (
            try second.registration(challenge),
            try second.registration(challenge, proof: first.answer(challenge, count: 1))
        )
        let removal = RemovePasskey(id: first.id, proof: nil)
        await #expect(throws: SignaturesError.passkeyRequired) {
            try await signing.travel.act(as: leader) { try unproven(for: SoftPasskey.party, in: $0) }
        }
        await #expect(throws: SignaturesError.passkeyRequired) {
            try await signing.travel.act(as: leader) { try removal(for: SoftPasskey.party, in: $0) }
        }
        try await signing.travel.act(as: leader) { try proven(for: SoftPasskey.party, in: $0) }
        // A challenge is over with what it was for, and with time.
        await #expect(throws: SignaturesError.passkeyChallengeOver) {
            try await signing.travel.act(as: leader) { try proven(for: SoftPasskey.party, in: $0) }
        }
        let late = try await signing.begin(as: leader)
        let remove = RemovePasskey(id: first.id, proof: try second.answer(late, count: 1))
        try await signing.travel.arrange(
            "UPDATE signatures.passkey_challenge SET expires_at = now() WHERE account_id = \(leader.account)")
        await #expect(throws: SignaturesError.passkeyChallengeOver) {
            try await signing.travel.act(as: leader) { try remove(for: SoftPasskey.party, in: $0) }
        }
        // A counter that stands still betrays a copy.
        let now = try await signing.begin(as: leader)
        let copied = RemovePasskey(id: first.id, proof: try first.answer(now, count: 1))
        await #expect(throws: SignaturesError.passkeyRefused(.copied)) {
            try await signing.travel.act(as: leader) { try copied(for: SoftPasskey.party, in: $0) }
        }
    }

    @Test func aRemovedPasskeyAnswersForNothingAndStaysAsHistory() async throws {
        let signing = try await Signing.begin()
        let (first, second) = (try SoftPasskey(), try SoftPasskey())
        let leader = signing.leader
        try await signing.register(first, as: leader)
        let challenge = try await signing.begin(as: leader)
        let add = try second.registration(challenge, proof: first.answer(challenge))
        try await signing.travel.act(as: leader) { try add(for: SoftPasskey.party, in: $0) }
        func remove(_ passkey: SoftPasskey) async throws {
            let challenge = try await signing.begin(as: leader)
            let remove = RemovePasskey(id: passkey.id, proof: try passkey.answer(challenge))
            try await signing.travel.act(as: leader) { try remove(for: SoftPasskey.party, in: $0) }
        }
        try await remove(first)
        let session = try await signing.prepare(.soft)
        let asked = try await self.asked(signing, session)
        await #expect(throws: SignaturesError.passkeyUnknown) {
            try await self.complete(signing, session, first.answer(asked))
        }
        try await remove(second)
        let made = try #require(try await self.complete(signing, session).first)
        #expect(try made.result.get().outcome.state == "signed")
        #expect(try await signing.travel.rows(PasskeyQueries.mine, as: leader).count == 2)
        let audited: [String] = try await signing.travel.act(as: leader) { transaction in
            try transaction.rows(
                "SELECT e.action FROM platform.audit_entry AS e WHERE e.subject_kind = 'passkey' ORDER BY e.seq"
            ) { row in try row.column(0) }
        }
        #expect(audited == ["passkey.register", "passkey.register", "passkey.remove", "passkey.remove"])
    }

    @Test func onlyTheSystemTakesAwayWhatSomebodyHasLost() async throws {
        let signing = try await Signing.begin()
        let passkey = try SoftPasskey()
        try await signing.register(passkey, as: signing.leader)
        let account = signing.leader.account
        await #expect(throws: DatabaseError.self) {
            try await signing.travel.act(as: signing.travel.tenant.administrator) {
                _ = try RemovePasskey.all(of: account, in: $0)
            }
        }
        let removed = try await signing.travel.database.app.transaction(asSystemOf: signing.travel.tenant.id) {
            try RemovePasskey.all(of: account, in: $0)
        }
        #expect(removed == 1)
        try await self.sign(signing, at: signing.desk)
    }

    @Test func thePolicySaysWhenAndOneStepIsNoWayAround() async throws {
        let signing = try await Signing.begin()
        await #expect(throws: SignaturesError.passkeyMissing) {
            try await self.sign(signing, at: self.desk(signing, .always))
        }
        let session = try await signing.prepare(.soft)
        await #expect(throws: SignaturesError.passkeyMissing) {
            try await CompleteSigning(session: session.id, desk: self.desk(signing, .always))(
                .pin(PIN(Signing.pin)), as: signing.leader.caller)
        }
        try await signing.register(try SoftPasskey(), as: signing.leader)
        await #expect(throws: SignaturesError.passkeyRequired) { try await self.sign(signing, at: signing.desk) }
        // A device brings a second factor of its own.
        let device = try await signing.device()
        let held = try await signing.prepare(.shown(device.certificate))
        #expect(try await signing.challenge(held) == nil)
        #expect(try await signing.failures() == 0)
        try await self.sign(signing, at: self.desk(signing, .never))
    }
}
