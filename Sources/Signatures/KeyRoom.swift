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
    private let secret: SecretBytes
    private let threads = BlockingThreads(name: "keys", count: 2, waitingLimit: 64)
    /// PDFs are prepared and completed here, so that nobody's PIN waits for somebody's large file.
    private let papers = BlockingThreads(name: "papers", count: 2, waitingLimit: 256)
    /// Checking needs no key, and never makes somebody who signs wait.
    private let checkers = BlockingThreads(name: "verify", count: 1, waitingLimit: 32)
    private let turns = Turns<[UInt8]>()
    private let authority = Mutex<InternalAuthority?>(nil)

    /// Reads the secret from a file, which is made (mode 600, random) when it is missing. Whoever loses the file loses every soft key.
    /// Throws `POSIXError` when the file can neither be read nor made.
    public init(secretFile: String, corporation: String) throws {
        self.corporation = corporation
        self.secret = try SecretFile.read(orMake: secretFile)
    }

    /// Runs `body` when it is the caller's turn: one signature at a time for one credential, so that tries which are only in flight never
    /// look like a key that has none left.
    public func turn<Value>(of caller: Caller, _ body: () async throws -> Value) async rethrows -> Value {
        let hash =
            switch caller.credential {
            case .session(let hash), .token(let hash): hash
            }
        return try await self.turns.take(of: hash, body)
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
            certificate.chain.isEmpty ? try await self.internalAuthority(in: database).chain : certificate.chain
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
        let authority = try await self.internalAuthority(in: database).chain
        let time = SigningTime(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let trust = try SignerCertificate.trust(
            of: certificate, issuers: issuers + authority, roots: authority.suffix(1), at: time)
        if case .trusted = trust { return .internal }
        return .unknown
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

    /// Checks every signature of the file at `path` against the internal CA's root, in the order they were made; nil for a file that
    /// cannot be read for certain. One file at a time is held in memory. Throws `BlockingThreads.Overloaded`.
    public func verdicts(ofFileAt path: String, database: Database) async throws -> [SignatureVerdict]? {
        let chain = try await self.internalAuthority(in: database).chain
        return try await self.checkers.run { SignatureVerdict.all(ofFileAt: path, chain: chain) }
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
        let authority = try await self.internalAuthority(in: database)
        return try await self.threads.run {
            let key = try KeyPair.generate()
            let issued = try authority.issue(for: key, to: holder)
            let wrapped = try SoftKey.wrap(
                key, pin: pin.secret, secret: self.secret, binding: Self.binding(holder.tenant, id, issued.certificate))
            return IssuedCertificate(
                id: id, subject: issued.subject, serial: issued.serial, certificate: issued.certificate,
                wrapped: wrapped.encoded,
                notBefore: issued.notBefore, notAfter: issued.notAfter)
        }
    }

    /// The internal CA, read from the database once and made there when this is the first use of all.
    private func internalAuthority(in database: Database) async throws -> InternalAuthority {
        if let known = self.authority.withLock({ $0 }) { return known }
        let found = try await InternalAuthority.openOrFound(
            in: database, owner: self.corporation, secret: self.secret, threads: self.threads)
        self.authority.withLock { $0 = found }
        return found
    }

    private static func binding(_ tenant: UUID, _ key: UUID, _ certificate: [UInt8]) -> KeyBinding {
        func bytes(_ id: UUID) -> [UInt8] { withUnsafeBytes(of: id.uuid, Array.init) }
        return KeyBinding(tenant: bytes(tenant), key: bytes(key), certificateFingerprint: SHA256.digest(certificate))
    }
}
