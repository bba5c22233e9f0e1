import Documents
import Foundation
import Office
import PAdES
import Platform
import Postgres
import TestSupport
import Testing

@testable import Signatures

/// Signing in two steps: prepare, then complete with a value from anywhere.
@Suite(.database)
struct SigningSessionTests {
    private func complete(
        _ signing: Signing, _ session: SigningSession, _ values: [(item: UUID, value: [UInt8])],
        as person: TestPerson? = nil
    ) async throws -> [CompleteSigning.Outcome] {
        try await CompleteSigning(session: session.id, desk: signing.desk)(
            .values(values), as: (person ?? signing.leader).caller)
    }

    private func signatures(_ signing: Signing) async throws -> Int {
        try await signing.travel.rows(
            "SELECT id FROM signatures.signature WHERE document_id = \(signing.document)", as: signing.leader
        ).count
    }

    @Test func aDeviceSignsWhatWasPreparedAndTheSecondTimeNothingHappens() async throws {
        let signing = try await Signing.begin()
        let device = try await signing.device()
        let session = try await signing.prepare(.shown(device.certificate))
        let item = try #require(session.items.first)
        #expect(item.decision?.kind == .internal && item.decision?.warnings == [])
        let prepared = try item.signature
        let value = try device.key.sign(digest: prepared.digest, prepared.algorithm)
        // Every server that reads the session has the same bytes: this one has just been started.
        let restarted = SigningDesk(
            database: signing.desk.database, blobs: signing.desk.blobs,
            keys: try KeyRoom(secretFile: Signing.folder.path + "/secret", corporation: Signing.corporation),
            policy: try Signing.policy())
        let complete = CompleteSigning(session: session.id, desk: restarted)
        let made = try #require(
            try await complete(.values([(item.id, value)]), as: signing.leader.caller).first
        ).result.get()
        #expect(made.outcome.state == "signed")
        let again = try #require(
            try await self.complete(signing, session, [(item.id, [1, 2, 3])]).first
        ).result.get()
        #expect(again.signature == made.signature && again.outcome == made.outcome)
        #expect(try await self.signatures(signing) == 1)
        let verdicts = try await signing.desk.signatures(of: signing.document, as: signing.leader.caller).verdicts
        #expect(verdicts?.map(\.standing) == [.valid])
    }

    @Test func aValueOfAnotherKeyIsRefusedAndTheRightOneStillTaken() async throws {
        let signing = try await Signing.begin()
        let device = try await signing.device(.rsa(bits: 2048))
        let session = try await signing.prepare(.shown(device.certificate), algorithm: .rsaPKCS1WithSHA256)
        let item = try #require(session.items.first)
        let prepared = try item.signature
        let foreign = try KeyPair.generate(.rsa(bits: 2048)).sign(digest: prepared.digest, prepared.algorithm)
        let refused = try #require(try await self.complete(signing, session, [(item.id, foreign)]).first)
        #expect(throws: SignaturesError.wrongSignature) { try refused.result.get() }
        #expect(try await self.signatures(signing) == 0)
        let value = try device.key.sign(digest: prepared.digest, prepared.algorithm)
        let made = try #require(try await self.complete(signing, session, [(item.id, value)]).first)
        #expect(try made.result.get().outcome.state == "signed")
        await #expect(throws: SignaturesError.unknownItem) {
            try await self.complete(signing, session, [(UUIDv7.make(), value)])
        }
    }

    @Test func aDocumentThatHasChangedSinceIsNotSigned() async throws {
        let signing = try await Signing.begin()
        let device = try await signing.device()
        let session = try await signing.prepare(.shown(device.certificate))
        let item = try #require(session.items.first)
        let value = try device.key.sign(digest: try item.signature.digest, try item.signature.algorithm)
        try await signing.travel.arrange(
            "UPDATE documents.document SET version = version + 1 WHERE id = \(signing.document)")
        let refused = try #require(try await self.complete(signing, session, [(item.id, value)]).first)
        #expect(throws: DocumentsError.changedSinceRead) { try refused.result.get() }
        #expect(try await self.signatures(signing) == 0)
    }

    @Test func aSessionEndsByTimeOrByWill() async throws {
        let late = try await Signing.begin(lifetime: .seconds(0))
        let device = try await late.device()
        let session = try await late.prepare(.shown(device.certificate))
        let item = try #require(session.items.first)
        let value = try device.key.sign(digest: try item.signature.digest, try item.signature.algorithm)
        let refused = try #require(try await self.complete(late, session, [(item.id, value)]).first)
        #expect(throws: SignaturesError.sessionExpired) { try refused.result.get() }

        let signing = try await Signing.begin()
        let given = try await signing.prepare(.soft)
        for _ in 0..<2 {
            try await signing.travel.act(as: signing.leader) { try SigningSession.abandon(given.id, in: $0) }
        }
        let complete = CompleteSigning(session: given.id, desk: signing.desk)
        _ = try await complete(.pin(PIN(Signing.pin)), as: signing.leader.caller)
        #expect(try await self.signatures(signing) == 0)
    }

    @Test func aSessionIsItsOwnersAlone() async throws {
        let signing = try await Signing.begin()
        let session = try await signing.prepare(.soft)
        let stranger = try await signing.travel.database.makeTenant()
        for other in [signing.travel.tenant.head, signing.travel.tenant.clerk, stranger.leader] {
            await #expect(throws: SignaturesError.notFound) {
                try await CompleteSigning(session: session.id, desk: signing.desk)(
                    .pin(PIN(Signing.pin)), as: other.caller)
            }
            await #expect(throws: SignaturesError.notFound) { try await signing.session(session.id, as: other) }
            await #expect(throws: SignaturesError.notFound) {
                try await signing.travel.act(as: other) { try SigningSession.abandon(session.id, in: $0) }
            }
        }
        #expect(try await self.signatures(signing) == 0)
    }

    @Test func onePINSignsManyDocumentsAndOneThatFailsHoldsUpNoOther() async throws {
        let signing = try await Signing.begin()
        let second = try await Signing.awaitingSignature(signing.travel, signing.desk)
        let third = try await Signing.awaitingSignature(signing.travel, signing.desk)
        let wishes = [
            PrepareSigning.Wish(document: signing.document, version: signing.version),
            PrepareSigning.Wish(document: second.id, version: second.version + 7),
            PrepareSigning.Wish(document: third.id, version: third.version),
        ]
        let session = try await signing.prepare(.soft, wishes)
        guard case .refused(412, "changed_since_read") = session.items[1].state else {
            Issue.record("the second is not refused")
            return
        }
        let outcomes = try await CompleteSigning(session: session.id, desk: signing.desk)(
            .pin(PIN(Signing.pin)), as: signing.leader.caller)
        #expect(outcomes.count == 2)
        for outcome in outcomes { #expect(try outcome.result.get().outcome.state == "signed") }
    }

    @Test func aCertificateMustBeThePersonsAndOfAKindThatThePolicyAllows() async throws {
        let signing = try await Signing.begin()
        let other = try await signing.device(name: "Trần Thị Khác")
        await #expect(throws: SignaturesError.certificateOfAnother) {
            try await signing.prepare(.shown(other.certificate))
        }
        let key = try KeyPair.generate()
        let root = try CertificateAuthority.root(
            DistinguishedName(commonName: "CA lạ"), key: try KeyPair.generate(),
            validity: CertificateValidity(from: Int64(Date().timeIntervalSince1970) - 60, days: 2))
        let foreign = try root.issue(
            DistinguishedName(title: "leader", commonName: "Nguyễn Văn leader"), publicKey: try key.publicKey(),
            validity: CertificateValidity(from: Int64(Date().timeIntervalSince1970) - 60, days: 1))
        await #expect(throws: SignaturesError.certificateNotAllowed) {
            try await signing.prepare(
                .shown(
                    DeviceCertificate(purpose: .signer, device: .token, certificate: foreign, chain: [root.certificate])
                ))
        }
        let retitled = try await signing.device(title: "Phó giám đốc")
        let session = try await signing.prepare(.shown(retitled.certificate))
        #expect(session.items.first?.decision?.warnings == ["title_differs"])
    }

    @Test func whatTheSignerHasNotValidlySignedIsNotSealed() async throws {
        let signing = try await Signing.begin()
        let tenant = signing.travel.tenant
        try await EnrolKey(purpose: .seal, desk: signing.desk)(pin: PIN(Signing.pin), as: tenant.clerk.caller)
        try await signing.travel.arrange(
            """
            WITH moved AS (
                UPDATE documents.document AS d
                   SET state = 'numbered', code_number = '01', code_notation = 'X-VP', issued_on = current_date
                 WHERE d.id = \(signing.document)
                RETURNING d.tenant_id, d.id
            )
            UPDATE workflow.task AS w SET step = 'numbered', holder_id = m.tenant_id
              FROM moved AS m WHERE w.document_id = m.id AND w.state = 'open'
            """)
        await #expect(throws: SignaturesError.signerSignatureMissing) {
            try await signing.prepare(.soft, purpose: .seal, as: tenant.clerk)
        }
    }

    @Test func wrongPINsLockAKeyForLongerAndLongerAndAtLastForGood() async throws {
        let signing = try await Signing.begin()
        let session = try await signing.prepare(.soft)
        let complete = CompleteSigning(session: session.id, desk: signing.desk)
        let wrong = try PIN("135799")
        for left in [4, 3, 2, 1] {
            await #expect(throws: SignaturesError.wrongPIN(triesLeft: left)) {
                try await complete(.pin(wrong), as: signing.leader.caller)
            }
        }
        for seconds in [900, 1800, 3600, 7200, 14400, nil] {
            await #expect(throws: SignaturesError.keyLocked(seconds: seconds)) {
                try await complete(.pin(wrong), as: signing.leader.caller)
            }
            // The right PIN opens nothing while the key is locked.
            await #expect {
                try await complete(.pin(PIN(Signing.pin)), as: signing.leader.caller)
            } throws: { error in
                if case SignaturesError.keyLocked = error { true } else { false }
            }
            try await signing.travel.arrange("UPDATE signatures.soft_key SET locked_until = now() WHERE failures < 10")
        }
        await #expect(throws: SignaturesError.keyLocked(seconds: nil)) {
            try await complete(.pin(PIN(Signing.pin)), as: signing.leader.caller)
        }
    }
}
