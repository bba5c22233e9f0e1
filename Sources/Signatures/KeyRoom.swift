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

    /// Signs a PDF with a soft key. Throws `SignaturesError.wrongPIN`, `.keyLocked`, `.notSignable`, `.placeOutsidePage`.
    public func sign(
        _ pdf: [UInt8], _ sheet: Sheet, with key: SigningKey, pin: PIN, tenant: UUID, database: Database
    ) async throws -> [UInt8] {
        let chain = try await self.internalAuthority(in: database).chain
        return try await self.threads.run {
            do {
                let base = try sheet.prepared(pdf)
                let prepared = try PreparedSignature.prepare(
                    base, sheet.request(certificate: key.certificate, chain: chain))
                let opened = try self.open(key, pin: pin, tenant: tenant)
                return try prepared.completed(
                    over: base, with: opened.sign(prepared.signedAttributes, prepared.algorithm))
            } catch let error as PDFError {
                throw SignaturesError.notSignable(reason: error.code)
            }
        }
    }

    /// Where number, date, signature and seal would go on a PDF that somebody is about to sign. Throws `SignaturesError.notSignable`.
    public func proposal(for pdf: [UInt8], words: String, name: String) async throws -> SignatureProposal {
        try await self.threads.run {
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

    private func open(_ key: SigningKey, pin: PIN, tenant: UUID) throws -> KeyPair {
        do {
            return try SoftKey.unwrap(
                WrappedKey(encoded: key.wrapped), pin: pin.secret, secret: self.secret,
                binding: Self.binding(tenant, key.certificateID, key.certificate))
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
