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
    /// A correct PDF of one A4 page, turned by so much, without any text.
    private static func pdf(turned rotation: Int = 0) -> [UInt8] {
        let bodies = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate \(rotation)/Resources<<>>>>",
        ]
        var output = "%PDF-1.7\n"
        var table = "xref\n0 4\n0000000000 65535 f \n"
        for (index, body) in bodies.enumerated() {
            let offset = String(output.utf8.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            output += "\(index + 1) 0 obj\n\(body)\nendobj\n"
        }
        let start = output.utf8.count
        return Array("\(output)\(table)trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8)
    }

    /// A travel with a desk for signing, whose leader has a key and a document to sign.
    private struct Signing {
        let travel: Travel
        let desk: SigningDesk
        let document: UUID
        let version: Int64
        static let pin = "246802"
        static let folder = FileManager.default.temporaryDirectory.appending(path: "signing-\(UUID().uuidString)")
        /// One for all tests here: they share a database, and with it the internal CA that the first of them makes.
        static let keys = Result {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            return try KeyRoom(
                secretFile: Self.folder.path + "/secret", corporation: "Tổng công ty Bưu điện Việt Nam")
        }

        static func begin(_ pdf: [UInt8]) async throws -> Signing {
            let travel = try await Travel.begin(in: .current)
            let desk = SigningDesk(
                database: travel.database.app, blobs: try BlobStore(folder: Self.folder.path + "/blobs"),
                keys: try Self.keys.get())
            let draft = CreateDraft(
                draft: try Draft(
                    direction: "outgoing", type: "CV", subject: "Mời họp", signer: travel.tenant.leader.post))
            try await travel.act(as: travel.tenant.specialist) { draft(in: $0) }
            let blob = try await desk.blobs.receive(pdf)
            let upload = UploadFile(
                document: draft.id, role: .main,
                file: try await FileIntake(blobs: desk.blobs).accept(
                    blob, name: "a.pdf", mediaType: "application/pdf", as: .main))
            var version = try await travel.act(as: travel.tenant.specialist) { try upload(in: $0) }.version
            for (person, action) in [
                (travel.tenant.specialist, "submit"), (travel.tenant.head, "agree"), (travel.tenant.clerk, "agree"),
            ] {
                let act = try ActOnDocument(
                    document: draft.id, action: action, comment: nil, recipient: nil, version: version)
                version = try await travel.act(as: person) { try act(in: $0) }.version
            }
            try await EnrolKey(purpose: .signer, desk: desk)(pin: PIN(Self.pin), as: travel.tenant.leader.caller)
            return Signing(travel: travel, desk: desk, document: draft.id, version: version)
        }

        func sign(at place: SignaturePlace?) async throws -> ActOutcome {
            let sign = SignDocument(
                document: self.document, purpose: .signer, version: self.version, place: place, desk: self.desk)
            return try await sign(pin: PIN(Self.pin), as: self.travel.tenant.leader.caller).outcome
        }

        /// The rectangles of the form's fields in the newest file, as its update wrote them.
        func rectangles() async throws -> [[Double]] {
            let sha256: [UInt8] = try await self.travel.act(as: self.travel.tenant.leader) { transaction in
                try MainFile.newest(of: self.document, in: transaction).sha256
            }
            let bytes = try await self.desk.blobs.bytes(of: sha256.hexadecimal, limit: 1 << 24)
            let text = String(decoding: bytes, as: Unicode.ASCII.self)
            return text.matches(of: /\/Rect\s*\[([^\]]*)\]/).map { match in
                match.output.1.split(separator: " ").compactMap { Double($0) }
            }
        }
    }

    @Test func aSignatureStandsWhereItIsPutAndTheSealOverItsLeftThird() async throws {
        let signing = try await Signing.begin(Self.pdf())
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
        let signing = try await Signing.begin(Self.pdf())
        await #expect(throws: SignaturesError.placeOutsidePage) { try await signing.sign(at: place) }
        let keys = try await signing.travel.rows(CertificateQueries.mine, as: signing.travel.tenant.leader)
        #expect(keys.map { $0["tries_left"] } == [5])
    }

    @Test func aTurnedPageIsMeasuredAsItIsShown() async throws {
        let signing = try await Signing.begin(Self.pdf(turned: 90))
        let proposal = try await signing.desk.proposal(
            for: signing.document, as: signing.travel.tenant.leader.caller)
        #expect(proposal.pages.map(\.width) == [842] && proposal.pages.map(\.height) == [595])
        #expect(try await signing.sign(at: SignaturePlace(page: 0, x: 700, y: 500)).state == "signed")
    }

    @Test func aProposalIsForWhoMayReadTheDocument() async throws {
        let signing = try await Signing.begin(Self.pdf())
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
        let signing = try await Signing.begin(Self.pdf())
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
        let signing = try await Signing.begin(Self.pdf())
        let (tenant, desk) = (signing.travel.tenant, signing.desk)
        #expect(try await desk.verdicts(of: signing.document, as: tenant.specialist.caller) == [])
        _ = try await signing.sign(at: nil)
        let found = try #require(try await desk.verdicts(of: signing.document, as: tenant.specialist.caller))
        #expect(found.map(\.standing) == [.valid])
        #expect(found.first?.signerName == "Nguyễn Văn leader")
        #expect(found.first?.isSeal == false && found.first?.coversWholeFile == true)
        let stranger = try await signing.travel.database.makeTenant()
        await #expect(throws: DocumentsError.documentNotFound) {
            try await desk.verdicts(of: signing.document, as: stranger.leader.caller)
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
