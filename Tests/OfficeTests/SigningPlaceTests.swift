import Documents
import Foundation
import Office
import Platform
import Postgres
import Signatures
import TestSupport
import Testing

/// Where a signer puts the signature.
@Suite(.database)
struct SigningPlaceTests {
    @Test func aSignatureStandsWhereItIsPutAndTheSealOverItsLeftThird() async throws {
        let signing = try await Signing.begin(Signing.pdf())
        let outcome = try await signing.sign(at: SignaturePlace(page: 0, x: 300, y: 400))
        #expect(outcome.state == "signed")
        let rectangles = try await signing.rectangles()
        func holds(_ corners: [Double]) -> Bool {
            rectangles.contains { zip($0, corners).allSatisfy { abs($0 - $1) < 0.02 } && $0.count == 4 }
        }
        let (width, height) = (SignaturePlace.width, SignaturePlace.height)
        #expect(holds([300, 400, 300 + width, 400 + height]), "\(rectangles)")
        // 36 mm across, its right edge a third into the signature, centres level.
        let seal = 36 / 25.4 * 72
        let (right, middle) = (300 + width / 3, 400 + height / 2)
        #expect(holds([right - seal, middle - seal / 2, right, middle + seal / 2]), "\(rectangles)")
    }

    @Test(arguments: [
        SignaturePlace(page: 1, x: 100, y: 100), SignaturePlace(page: -1, x: 100, y: 100),
        SignaturePlace(page: 0, x: 500, y: 100), SignaturePlace(page: 0, x: 100, y: 800),
        SignaturePlace(page: 0, x: -1, y: 100), SignaturePlace(page: 0, x: .nan, y: 100),
        SignaturePlace(page: 0, x: .infinity, y: 100),
    ])
    func aPlaceOutsideThePageIsRefusedAndCostsNoTry(place: SignaturePlace) async throws {
        let signing = try await Signing.begin(Signing.pdf())
        await #expect(throws: SignaturesError.placeOutsidePage) { try await signing.sign(at: place) }
        let keys = try await signing.travel.rows(CertificateQueries.mine, as: signing.travel.tenant.leader)
        #expect(keys.map { $0["tries_left"] } == [5])
    }

    @Test func aTurnedPageIsMeasuredAsItIsShown() async throws {
        let signing = try await Signing.begin(Signing.pdf(turned: 90))
        let proposal = try await signing.desk.proposal(
            for: signing.document, as: signing.travel.tenant.leader.caller)
        #expect(proposal.pages.map(\.width) == [842] && proposal.pages.map(\.height) == [595])
        #expect(try await signing.sign(at: SignaturePlace(page: 0, x: 700, y: 500)).state == "signed")
    }

    @Test func aProposalIsForWhoMayReadTheDocument() async throws {
        let signing = try await Signing.begin(Signing.pdf())
        let tenant = signing.travel.tenant
        let proposal = try await signing.desk.proposal(for: signing.document, as: tenant.leader.caller)
        #expect(proposal.pages.count == 1 && proposal.pages.first?.rotation == 0)
        #expect(proposal.signature.page == 0 && proposal.signature.width == SignaturePlace.width)
        #expect(proposal.signature.x + proposal.signature.width <= 595)
        #expect(abs(proposal.seal.x + proposal.seal.width - (proposal.signature.x + SignaturePlace.width / 3)) < 0.01)
        let stranger = try await signing.travel.database.makeTenant()
        for other in [tenant.administrator, stranger.leader] {
            await #expect(throws: DocumentsError.documentNotFound) {
                try await signing.desk.proposal(for: signing.document, as: other.caller)
            }
        }
    }

    @Test func whoActsByDelegationNeitherSignsNorGetsAKey() async throws {
        let signing = try await Signing.begin(Signing.pdf())
        let tenant = signing.travel.tenant
        try await signing.travel.arrange(
            """
            WITH given AS (
                INSERT INTO organisation.delegation (from_post_id, to_post_id, starts_at, ends_at, reason)
                VALUES (\(tenant.leader.post), \(tenant.head.post), now() - interval '1 hour', now() + interval '1 day', 'Đi công tác')
            )
            UPDATE platform.session SET post_id = \(tenant.leader.post) WHERE account_id = \(tenant.head.account)
            """)
        let sign = SignDocument(
            document: signing.document, purpose: .signer, version: signing.version, desk: signing.desk)
        func code(_ act: () async throws -> Void) async -> String? {
            do {
                try await act()
                return nil
            } catch let error as DatabaseError { return error.condition } catch { return "\(error)" }
        }
        #expect(
            await code { _ = try await sign(pin: PIN(Signing.pin), as: tenant.head.caller) } == "not_by_delegation")
        #expect(
            await code {
                try await EnrolKey(purpose: .signer, desk: signing.desk)(
                    pin: PIN(Signing.pin), as: tenant.head.caller)
            } == "not_by_delegation")
    }

    @Test func aCheckTellsWhatBecameOfASignature() async throws {
        let signing = try await Signing.begin(Signing.pdf())
        let (tenant, desk) = (signing.travel.tenant, signing.desk)
        #expect(try await desk.signatures(of: signing.document, as: tenant.specialist.caller).verdicts == [])
        _ = try await signing.sign(at: nil)
        let found = try #require(try await desk.signatures(of: signing.document, as: tenant.specialist.caller).verdicts)
        #expect(found.map(\.standing) == [.valid])
        #expect(found.first?.signerName == "Nguyễn Văn leader")
        #expect(found.first?.isSeal == false && found.first?.coversWholeFile == true)
        let stranger = try await signing.travel.database.makeTenant()
        await #expect(throws: DocumentsError.documentNotFound) {
            try await desk.signatures(of: signing.document, as: stranger.leader.caller)
        }
        // The same file with one byte of its page changed, and cut off.
        let sha256 = try await signing.travel.act(as: tenant.leader) { transaction in
            try MainFile.newest(of: signing.document, in: transaction).sha256.hexadecimal
        }
        let signed = try await desk.blobs.bytes(of: sha256, limit: 1 << 24)
        let box = try #require(signed.firstRange(of: Array("595 842".utf8)))
        var forged = signed
        forged[box.lowerBound] = UInt8(ascii: "6")
        for (bytes, standing) in [(forged, SignatureVerdict.Standing.invalid), (Array(signed.prefix(200)), nil)] {
            let path = Signing.folder.path + "/\(UUID().uuidString).pdf"
            try Data(bytes).write(to: URL(filePath: path))
            let verdicts = try await desk.keys.verdicts(ofFileAt: path, database: desk.database)
            #expect(verdicts?.first?.standing == standing)
        }
    }
}
