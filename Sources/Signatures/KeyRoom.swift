import Foundation
import PAdES
import Platform
import Postgres
import Synchronization

/// Where the server has keys used: it holds none itself, but asks the signer, which is a process of its own. PDFs are prepared, completed
/// and checked here.
public final class KeyRoom: Sendable {
    /// The corporation that the organisations belong to: on their seals, and the owner of the internal CA.
    public let corporation: String
    public let settings: AuthoritySettings
    /// Who is asked for time stamps.
    public let timeStamps: TimeStampServices
    /// How others are asked, by whoever asks: what is remembered of it is remembered here.
    let outside: OutsideFetch
    let knownStampers = KnownStampers()
    private let signer: SignerLine
    /// They wait for a PIN to be tried; more than the signer lets wait would wait in vain.
    private let threads = BlockingThreads(name: "keys", count: 4, waitingLimit: SignerService.mostWaiting)
    /// PDFs are prepared and completed here, so that nobody's PIN waits for somebody's large file.
    let papers = BlockingThreads(name: "papers", count: 2, waitingLimit: 256)
    /// Checking needs no key, never makes somebody who signs wait, and never makes this process grow.
    private let verifier: FileVerifier
    /// The authorities' own work, which must not wait for somebody's PIN.
    private let signers = BlockingThreads(name: "authority", count: 1, waitingLimit: 256)
    private let turns = Turns<[UInt8]>()
    let knownAuthorities = Mutex<(authorities: Authorities, readAt: ContinuousClock.Instant)?>(nil)

    /// The signer listens at `signerSocket`.
    public init(
        signerSocket: String, corporation: String, settings: AuthoritySettings = AuthoritySettings(),
        timeStamps: TimeStampServices = TimeStampServices(), verifier: FileVerifier
    ) {
        self.verifier = verifier
        self.corporation = corporation
        self.settings = settings
        self.timeStamps = timeStamps
        self.outside = OutsideFetch(settings)
        self.signer = .socket(path: signerSocket)
    }

    /// The signer works inside this process: for commands of one moment and for tests. The secret's file is made when it is missing.
    /// Throws `POSIXError` when it can neither be read nor made.
    public init(
        secretFile: String, corporation: String, settings: AuthoritySettings = AuthoritySettings(),
        timeStamps: TimeStampServices = TimeStampServices(), verifier: FileVerifier = FileVerifier(.here, count: 1)
    ) throws {
        self.verifier = verifier
        self.corporation = corporation
        self.settings = settings
        self.timeStamps = timeStamps
        self.outside = OutsideFetch(settings)
        self.signer = .here(try SignerService(secretFile: secretFile))
    }

    /// The signer, where it works in this process. Throws `SignaturesError.signerUnavailable`.
    var signerHere: SignerService {
        get throws {
            guard case .here(let service) = self.signer else { throw SignaturesError.signerUnavailable }
            return service
        }
    }

    /// Asks the signer on a thread that may wait.
    func ask(_ request: SignerRequest, pin: PIN? = nil) async throws -> SignerReply {
        let signer = self.signer
        return try await (pin == nil ? self.signers : self.threads).run {
            try signer.ask(request, pin: pin?.secret)
        }
    }

    static func failure(_ reply: SignerReply) -> any Error {
        switch reply {
        case .overloaded: BlockingThreads.Overloaded()
        case .offline: SignaturesError.authorityOffline
        case .failed(let reason): SoftKeyError.cryptography("signer: " + reason)
        default: SoftKeyError.cryptography("signer: another answer than was asked for")
        }
    }

    /// Runs `body` when it is the caller's turn: one signature at a time for one credential, so that tries which are only in flight never
    /// look like a key that has none left.
    public func turn<Value>(of caller: Caller, _ body: () async throws -> Value) async rethrows -> Value {
        let hash =
            switch caller.credential {
            case .session(let hash), .token(let hash): hash
            case .entrusted(_, let act): withUnsafeBytes(of: act.uuid, Array.init)
            }
        return try await self.turns.take(of: hash, body)
    }

    /// Runs work on a PDF that needs no key where such work is done.
    func onPaper<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await self.papers.run(body)
    }

    /// Fixes the bytes of a stored PDF that is to be signed: *prepare*. Nothing is signed and no key is opened. The file is held in memory
    /// once, by one of two threads.
    ///
    /// - Parameter algorithm: nil: what suits the certificate's key.
    /// - Throws: `SignaturesError.notSignable`, `.placeOutsidePage`, `.certificateUnsuitable`, `BlobError`.
    public func prepare(
        fileAt path: String, limit: Int64, _ sheet: Sheet, for certificate: SigningCertificate,
        algorithm: SignatureAlgorithm?,
        database: Database
    ) async throws -> FixedBytes {
        let chain =
            certificate.chain.isEmpty
            ? try await self.authorities(in: database).chain(above: certificate.certificate) : certificate.chain
        return try await self.papers.run {
            do {
                var base = try StoredPDF(path: path, limit: limit).bytes()
                let addition = try sheet.addition(to: base)
                base.append(contentsOf: addition)
                var request = sheet.request(certificate: certificate.certificate, chain: chain)
                request.algorithm = algorithm
                let signature = try PreparedSignature.prepare(base, request)
                return FixedBytes(addition: addition, signature: signature)
            } catch PDFError.certificateUnsuitable {
                throw SignaturesError.certificateUnsuitable
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
    }

    /// Signs what was prepared with a soft key, which is opened once for all of them. Throws `SignaturesError.wrongPIN`, `.keyLocked`.
    public func sign(
        _ prepared: [PreparedSignature], with key: SigningKey, pin: PIN
    ) async throws -> [[UInt8]] {
        let request = SignerRequest.sign(
            wrapped: Data(key.wrapped),
            binding: KeyBinding(tenant: key.tenant, key: key.certificateID, certificate: key.certificate),
            prepared.map { SignerRequest.Signable(data: Data($0.signedAttributes), algorithm: $0.algorithm) })
        switch try await self.ask(request, pin: pin) {
        case .values(let values) where values.count == prepared.count: return values.map { [UInt8]($0) }
        case .wrongPIN: throw key.refusal
        case let reply: throw Self.failure(reply)
        }
    }

    /// What a time-stamp authority is to be asked about a signature value, which is checked with the certificate first. Throws
    /// `SignaturesError.wrongSignature`.
    public func timeStampRequest(_ fixed: FixedBytes, for value: [UInt8]) async throws -> TimeStampRequest {
        try await self.papers.run {
            do {
                return try fixed.signature.timeStampRequest(for: value)
            } catch PDFError.signatureDoesNotVerify {
                throw SignaturesError.wrongSignature
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
    }

    /// Puts a signature value into what was prepared, after checking it with the certificate: *complete*. Gives the bytes to
    /// append to the stored file, which is read through and not held. Throws `SignaturesError.wrongSignature`, `.notSignable` when it is not
    /// the file that was prepared, `BlobError`.
    ///
    /// - Parameter timeStamp: over that value: makes the signature one of level B-T.
    public func complete(
        fileAt path: String, limit: Int64, _ fixed: FixedBytes, with value: [UInt8],
        timeStamp: PAdES.TimeStampToken? = nil
    ) async throws -> [UInt8] {
        try await self.papers.run {
            do {
                let reading = try fixed.signature.reading()
                try StoredPDF(path: path, limit: limit).read { reading.take($0[...]) }
                reading.take(fixed.addition[...])
                return fixed.addition
                    + (try fixed.signature.completing(after: reading, with: value, timeStamp: timeStamp))
            } catch PDFError.signatureDoesNotVerify {
                throw SignaturesError.wrongSignature
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
    }

    /// Whom the root of a certificate's path belongs to, at this moment.
    public func kind(
        of certificate: [UInt8], issuers: [[UInt8]], database: Database
    ) async throws -> CertificateKind {
        _ = try await self.authorities(in: database)
        let trusted = try await database.transaction { transaction in try TrustList.read(in: transaction) }
        let path = try PathBuilder.path(
            of: certificate, issuers: issuers + trusted.intermediates, roots: trusted.roots, at: Self.now)
        guard case .path(let path) = path, let root = path.last, let anchor = trusted.anchor(root) else {
            return .unknown
        }
        switch anchor.scope {
        case .internal: return .internal
        case .publicDuty: return .publicDuty
        case .national:
            // A person's certificate may name the organisation, too; an organisation's names nobody beside it.
            let facts = try CertificateFacts(certificate)
            return facts.commonName == facts.organisation ? .nationalOrganisation : .nationalPersonal
        }
    }

    /// Where number, date, signature and seal would go on a PDF that somebody is about to sign. Throws `SignaturesError.notSignable`.
    public func proposal(for pdf: [UInt8], words: String, name: String) async throws -> SignatureProposal {
        try await self.papers.run {
            do {
                return try SignatureProposal(pages: PDFInspection(pdf).pages, words: words, signer: name)
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
    }

    /// Checks every signature of the file at `path` against the trusted roots, in the order they were made; nil for a file that
    /// cannot be read for certain, or not within `time`. Throws `BlockingThreads.Overloaded`.
    public func verdicts(
        ofFileAt path: String, database: Database, within time: Duration = FileVerifier.patience
    ) async throws -> [SignatureVerdict]? {
        let trusted = try await database.transaction { transaction in try TrustList.read(in: transaction) }
        let work = VerificationWork(
            path: path, roots: trusted.roots.map { Data($0) }, intermediates: trusted.intermediates.map { Data($0) })
        return try await self.verifier.verify(work, within: time).verdicts
    }

    /// Makes a key, has the internal CA certify it, and wraps it under the PIN. Nothing is kept yet.
    public func issue(
        _ id: UUID, to holder: CertificateHolder, pin: PIN, database: Database
    ) async throws -> IssuedCertificate {
        let certification = try await self.certification(of: holder, database: database)
        let reply = try await self.ask(.issue(id: id, tenant: holder.tenant, certification), pin: pin)
        guard case .issued(let certificate, let wrapped) = reply else { throw Self.failure(reply) }
        let validity = certification.validity
        return IssuedCertificate(
            id: id, authority: certification.authority.id, subject: holder.subject.text,
            serial: try CertificateBuilder(parsing: [UInt8](certificate)).serial,
            certificate: [UInt8](certificate), wrapped: [UInt8](wrapped),
            notBefore: Instant(microseconds: validity.notBefore * 1_000_000),
            notAfter: Instant(microseconds: validity.notAfter * 1_000_000))
    }

    private func certification(
        of holder: CertificateHolder, database: Database
    ) async throws -> SignerRequest.Certification {
        guard let issuing = try await self.authorities(in: database).issuing else {
            throw SignaturesError.authorityOffline
        }
        return SignerRequest.Certification(
            authority: issuing, settings: self.settings, subject: holder.subject,
            validity: CertificateValidity(from: Self.now, days: Self.certificateDays))
    }

    /// A certificate of the internal CA before it is kept.
    public struct Certified: Sendable {
        /// DER.
        public let certificate: [UInt8]
        public let issuer: Authority
        public let validity: CertificateValidity
    }

    /// Has the internal CA certify a public key (DER of the SubjectPublicKeyInfo), wherever its private half is. Nothing is kept. Throws
    /// `SignaturesError.authorityOffline`, `SoftKeyError`.
    public func certify(
        _ publicKey: [UInt8], of holder: CertificateHolder, database: Database
    ) async throws -> Certified {
        let certification = try await self.certification(of: holder, database: database)
        switch try await self.ask(.certify(publicKey: Data(publicKey), certification)) {
        case .bytes(let bytes):
            return Certified(
                certificate: [UInt8](bytes), issuer: certification.authority, validity: certification.validity)
        case let reply: throw Self.failure(reply)
        }
    }

    /// Days that a certificate is valid: Decree 23/2025 leaves it to the organisation; three years as public CAs have it.
    private static let certificateDays: Int64 = 3 * 365
}
