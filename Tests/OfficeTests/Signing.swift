import Documents
import Foundation
import Office
import PAdES
import Platform
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Signatures

/// A travel with a desk for signing, whose leader has a key and a document to sign.
struct Signing {
    let travel: Travel
    let desk: SigningDesk
    let document: UUID
    let version: Int64
    static let pin = "246802"
    static let folder = FileManager.default.temporaryDirectory.appending(path: "signing-\(UUID().uuidString)")
    static let corporation = "Tổng công ty Bưu điện Việt Nam"
    /// One a suite: its tests share a database, and with it the internal CA that the first of them makes.
    private static let rooms = Mutex<[String: KeyRoom]>([:])

    private static func keys(for database: TestDatabase) throws -> KeyRoom {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        return try Self.rooms.withLock { rooms in
            if let room = rooms[database.name] { return room }
            let room = try KeyRoom(secretFile: Self.folder.path + "/secret", corporation: Self.corporation)
            rooms[database.name] = room
            return room
        }
    }

    /// A correct PDF of one A4 page, turned by so much, without any text.
    static func pdf(turned rotation: Int = 0) -> [UInt8] {
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

    static func policy() throws -> SignaturePolicy {
        try SignaturePolicy(file: TestCluster.packageRoot + "/Config/signature-policy.json")
    }

    static func begin(_ pdf: [UInt8] = Self.pdf(), lifetime: Duration = .seconds(300)) async throws -> Signing {
        let travel = try await Travel.begin(in: .current)
        let desk = SigningDesk(
            database: travel.database.app, blobs: try BlobStore(folder: Self.folder.path + "/blobs"),
            keys: try Self.keys(for: travel.database), policy: try Self.policy(),
            relyingParty: SoftPasskey.party, sessionLifetime: lifetime)
        let (document, version) = try await Self.awaitingSignature(travel, desk, pdf)
        try await EnrolKey(purpose: .signer, desk: desk)(pin: PIN(Self.pin), as: travel.tenant.leader.caller)
        return Signing(travel: travel, desk: desk, document: document, version: version)
    }

    /// A document that waits for the leader's signature.
    static func awaitingSignature(
        _ travel: Travel, _ desk: SigningDesk, _ pdf: [UInt8] = Self.pdf()
    ) async throws -> (id: UUID, version: Int64) {
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
        return (draft.id, version)
    }

    var leader: TestPerson { self.travel.tenant.leader }

    func sign(at place: SignaturePlace?) async throws -> ActOutcome {
        let sign = SignDocument(
            document: self.document, purpose: .signer, version: self.version, place: place, desk: self.desk)
        return try await sign(pin: PIN(Self.pin), as: self.leader.caller).outcome
    }

    /// A key that the server does not have, with a certificate of the internal CA for it.
    func device(
        _ kind: KeyPair.Kind = .p256, name: String = "Nguyễn Văn leader", title: String? = "leader"
    ) async throws -> (key: KeyPair, certificate: DeviceCertificate) {
        let key = try KeyPair.generate(kind)
        let holder = CertificateHolder(
            purpose: .signer, post: self.leader.post, tenant: self.travel.tenant.id, name: name, title: title,
            unit: nil,
            organisation: "Bưu điện thử")
        let issued = try await self.desk.keys.certify(
            key.publicKey(), of: holder, database: self.desk.database)
        return (
            key,
            try DeviceCertificate(
                purpose: .signer, device: .token, certificate: issued.certificate, chain: issued.issuer.chain)
        )
    }

    /// Prepares the document for a device; the session as it is kept.
    func prepare(
        _ choice: PrepareSigning.Choice, _ wishes: [PrepareSigning.Wish]? = nil, algorithm: SignatureAlgorithm? = nil,
        purpose: CertificatePurpose = .signer, as person: TestPerson? = nil
    ) async throws -> SigningSession {
        let wishes = wishes ?? [PrepareSigning.Wish(document: self.document, version: self.version)]
        let prepare = try PrepareSigning(
            purpose: purpose, wishes: wishes, choice: choice, algorithm: algorithm, desk: self.desk)
        try await prepare(as: (person ?? self.leader).caller)
        return try await self.session(prepare.id, as: person)
    }

    func session(_ id: UUID, as person: TestPerson? = nil) async throws -> SigningSession {
        try await self.travel.act(as: person ?? self.leader) { try SigningSession.read(id, in: $0) }
    }

    /// The rectangles of the form's fields in the newest file, as its update wrote them.
    func rectangles() async throws -> [[Double]] {
        let sha256: [UInt8] = try await self.travel.act(as: self.leader) { transaction in
            try MainFile.newest(of: self.document, in: transaction).sha256
        }
        let bytes = try await self.desk.blobs.bytes(of: sha256.hexadecimal, limit: 1 << 24)
        let text = String(decoding: bytes, as: Unicode.ASCII.self)
        return text.matches(of: /\/Rect\s*\[([^\]]*)\]/).map { match in
            match.output.1.split(separator: " ").compactMap { Double($0) }
        }
    }
}

extension SigningItem {
    /// What the device is to sign.
    var signature: PreparedSignature {
        get throws {
            guard case .prepared(let bytes) = self.state else { throw SignaturesError.notFound }
            return bytes.signature
        }
    }
}
