import Foundation
import PAdES
import Platform
import Postgres
import Synchronization

/// Where soft keys are opened and used, and where the internal CA issues. It alone knows the secret that is not in the database, and at
/// most two keys are opened at once, because each takes 64 MiB and a core for a moment.
public final class KeyRoom: Sendable {
    /// The corporation that the organisations belong to: on their seals, and the owner of the internal CA.
    public let corporation: String
    public let settings: AuthoritySettings
    let secret: SecretBytes
    private let threads = BlockingThreads(name: "keys", count: 2, waitingLimit: 64)
    /// PDFs are prepared and completed here, so that nobody's PIN waits for somebody's large file.
    let papers = BlockingThreads(name: "papers", count: 2, waitingLimit: 256)
    /// Checking needs no key, and never makes somebody who signs wait.
    private let checkers = BlockingThreads(name: "verify", count: 1, waitingLimit: 32)
    /// The authorities' own work, which must not wait for somebody's PIN.
    let signers = BlockingThreads(name: "authority", count: 1, waitingLimit: 256)
    private let turns = Turns<[UInt8]>()
    let authorityKeys = Mutex<[UUID: KeyPair]>([:])
    let knownAuthorities = Mutex<(authorities: Authorities, readAt: ContinuousClock.Instant)?>(nil)

    /// Reads the secret from a file, which is made (mode 600, random) when it is missing. Whoever loses the file loses every soft key.
    /// Throws `POSIXError` when the file can neither be read nor made.
    public init(secretFile: String, corporation: String, settings: AuthoritySettings = AuthoritySettings()) throws {
        self.corporation = corporation
        self.settings = settings
        self.secret = try SecretFile.read(orMake: secretFile)
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

    /// Fixes the bytes of a PDF that is to be signed: *prepare*. Nothing is signed and no key is opened.
    ///
    /// - Parameter algorithm: nil: what suits the certificate's key.
    /// - Throws: `SignaturesError.notSignable`, `.placeOutsidePage`, `.certificateUnsuitable`.
    public func prepare(
        _ pdf: [UInt8], _ sheet: Sheet, for certificate: SigningCertificate, algorithm: SignatureAlgorithm?,
        database: Database
    ) async throws -> FixedBytes {
        let chain =
            certificate.chain.isEmpty
            ? try await self.authorities(in: database).chain(above: certificate.certificate) : certificate.chain
        return try await self.papers.run {
            do {
                let base = try sheet.prepared(pdf)
                guard base.starts(with: pdf) else { throw PDFError.baseChanged }
                var request = sheet.request(certificate: certificate.certificate, chain: chain)
                request.algorithm = algorithm
                let signature = try PreparedSignature.prepare(base, request)
                return FixedBytes(addition: Array(base[pdf.count...]), signature: signature)
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
        try await self.threads.run {
            let opened = try self.open(key, pin: pin)
            return try prepared.map { try opened.sign($0.signedAttributes, $0.algorithm) }
        }
    }

    /// Puts a signature value into what was prepared, after checking it with the certificate: *complete*. Gives the whole signed file.
    /// Throws `SignaturesError.wrongSignature`, `.notSignable` when `pdf` is not the file that was prepared.
    public func complete(_ pdf: [UInt8], _ fixed: FixedBytes, with value: [UInt8]) async throws -> [UInt8] {
        try await self.papers.run {
            do {
                return try fixed.signature.completed(over: pdf + fixed.addition, with: value)
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
    /// cannot be read for certain. One file at a time is held in memory. Throws `BlockingThreads.Overloaded`.
    public func verdicts(ofFileAt path: String, database: Database) async throws -> [SignatureVerdict]? {
        let trusted = try await database.transaction { transaction in try TrustList.read(in: transaction) }
        return try await self.checkers.run {
            SignatureVerdict.all(ofFileAt: path, roots: trusted.roots, intermediates: trusted.intermediates)
        }
    }

    private func open(_ key: SigningKey, pin: PIN) throws -> KeyPair {
        do {
            return try SoftKey.unwrap(
                WrappedKey(encoded: key.wrapped), pin: pin.secret, secret: self.secret,
                binding: Self.binding(key.tenant, key.certificateID, key.certificate))
        } catch SoftKeyError.wrongPIN {
            throw key.refusal
        }
    }

    /// Makes a key, has the internal CA certify it, and wraps it under the PIN. Nothing is kept yet.
    public func issue(
        _ id: UUID, to holder: CertificateHolder, pin: PIN, database: Database
    ) async throws -> IssuedCertificate {
        let key = try KeyPair.generate()
        let certified = try await self.certify(key.publicKey(), of: holder, database: database)
        return try await self.threads.run {
            let wrapped = try SoftKey.wrap(
                key, pin: pin.secret, secret: self.secret,
                binding: Self.binding(holder.tenant, id, certified.certificate))
            return IssuedCertificate(
                id: id, authority: certified.issuer.id, subject: holder.subject.text,
                serial: try CertificateBuilder(parsing: certified.certificate).serial,
                certificate: certified.certificate, wrapped: wrapped.encoded,
                notBefore: Instant(microseconds: certified.validity.notBefore * 1_000_000),
                notAfter: Instant(microseconds: certified.validity.notAfter * 1_000_000))
        }
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
        guard let issuing = try await self.authorities(in: database).issuing else {
            throw SignaturesError.authorityOffline
        }
        return try await self.signers.run {
            let validity = CertificateValidity(from: Self.now, days: Self.certificateDays)
            let authority = try CertificateAuthority(issuing, key: self.key(of: issuing), settings: self.settings)
            return Certified(
                certificate: try authority.issue(holder.subject, publicKey: publicKey, validity: validity),
                issuer: issuing, validity: validity)
        }
    }

    /// Days that a certificate is valid: Decree 23/2025 leaves it to the organisation; three years as public CAs have it.
    private static let certificateDays: Int64 = 3 * 365

    private static func binding(_ tenant: UUID, _ key: UUID, _ certificate: [UInt8]) -> KeyBinding {
        func bytes(_ id: UUID) -> [UInt8] { withUnsafeBytes(of: id.uuid, Array.init) }
        return KeyBinding(tenant: bytes(tenant), key: bytes(key), certificateFingerprint: SHA256.digest(certificate))
    }
}
