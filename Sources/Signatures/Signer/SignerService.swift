import COpenSSL
import Dispatch
import Foundation
import PAdES
import Platform
import Synchronization

/// The only place where private keys are in the clear. It knows the secret that is not in the database, and nothing else: no database, no
/// documents, no people. At most two soft keys are opened at once, because each takes 64 MiB and a core for a moment.
public final class SignerService: Sendable {
    private let secret: SecretBytes
    private let unlocks = DispatchSemaphore(value: 2)
    private let waiting = Mutex(0)
    /// Keys of authorities that have been opened, by their wrapped form: each is asked for again and again.
    private let authorityKeys = Mutex<[[UInt8]: KeyPair]>([:])

    /// Requests that may wait for a place or have one; a further one is refused.
    static let mostWaiting = 64

    /// Reads the secret from a file, which is made (mode 600, random) when it is missing. Whoever loses the file loses every soft key.
    /// Throws `POSIXError` when the file can neither be read nor made.
    public init(secretFile: String) throws {
        self.secret = try SecretFile.read(orMake: secretFile)
    }

    /// Answers one request. Blocking.
    func answer(_ request: SignerRequest, pin: SecretBytes?) -> SignerReply {
        let isAccepted = self.waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isAccepted else { return .overloaded }
        defer { self.waiting.withLock { $0 -= 1 } }
        // What an authority does takes no 64 MiB, and does not wait for somebody's PIN.
        if pin != nil { self.unlocks.wait() }
        defer { if pin != nil { self.unlocks.signal() } }
        do {
            return try self.made(request, pin)
        } catch SoftKeyError.wrongPIN where pin != nil {
            return .wrongPIN
        } catch SignaturesError.authorityOffline {
            return .offline
        } catch {
            return .failed("\(error)")
        }
    }

    private func made(_ request: SignerRequest, _ pin: SecretBytes?) throws -> SignerReply {
        switch request {
        case .sign(let wrapped, let binding, let all):
            guard let pin else { throw SoftKeyError.malformed }
            let key = try SoftKey.unwrap(
                WrappedKey(encoded: [UInt8](wrapped)), pin: pin, secret: self.secret, binding: binding)
            return .values(try all.map { Data(try key.sign([UInt8]($0.data), $0.algorithm)) })
        case .issue(let id, let tenant, let certification):
            guard let pin else { throw SoftKeyError.malformed }
            let key = try KeyPair.generate()
            let certificate = try self.certificate(for: try key.publicKey(), certification)
            let wrapped = try SoftKey.wrap(
                key, pin: pin, secret: self.secret,
                binding: KeyBinding(tenant: tenant, key: id, certificate: certificate))
            return .issued(certificate: Data(certificate), wrapped: Data(wrapped.encoded))
        case .certify(let publicKey, let certification):
            return .bytes(Data(try self.certificate(for: [UInt8](publicKey), certification)))
        case .perform(let act, let authority):
            return .bytes(Data(try act.perform(by: authority, key: try self.key(of: authority))))
        case .found(let founding): return .authority(try self.found(founding, issuerKey: nil))
        case .fingerprint(let authorities):
            do {
                for authority in authorities { _ = try self.key(of: authority) }
            } catch SoftKeyError.wrongPIN {
                return .otherSecret
            }
            return .bytes(Data(try self.fingerprint()))
        }
    }

    /// Tells the secret from others and nothing of it: HMAC-SHA256 (RFC 2104) of a fixed text under it.
    private func fingerprint() throws -> [UInt8] {
        let text = Array("vanthu key file".utf8)
        var code = [UInt8](repeating: 0, count: 32)
        let isMade = self.secret.withUnsafeBytes { secret in
            HMAC(
                EVP_sha256(), secret.baseAddress, Int32(secret.count), text, text.count, &code, nil) != nil
        }
        guard isMade else { throw SoftKeyError.cryptography("HMAC") }
        return code
    }

    private func certificate(
        for publicKey: [UInt8], _ certification: SignerRequest.Certification
    ) throws -> [UInt8] {
        let authority = try CertificateAuthority(
            certification.authority, key: self.key(of: certification.authority), settings: certification.settings)
        return try authority.issue(
            certification.subject, publicKey: publicKey, validity: certification.validity)
    }

    /// - Parameter issuerKey: of an issuer whose key is not kept with it: an offline root whose export was opened.
    func found(_ founding: SignerRequest.Founding, issuerKey: KeyPair?) throws -> Authority {
        let above = try founding.issuer.map { ($0, try issuerKey ?? self.key(of: $0)) }
        // Those that answer many requests a second have the quicker curve.
        let isIssuer = founding.kind == .root || founding.kind == .issuing
        return try NewAuthority.certified(
            founding.kind, id: founding.id, key: try KeyPair.generate(isIssuer ? .p384 : .p256), owner: founding.owner,
            generation: founding.generation, below: above, settings: founding.settings, now: founding.now
        ) { key, certificate in try self.wrapped(key, certificate) }
    }

    /// Wraps an authority's key under the server's secret, bound to its certificate.
    func wrapped(_ key: KeyPair, _ certificate: [UInt8]) throws -> [UInt8] {
        try SoftKey.wrap(
            key, pin: Self.authorityPIN, secret: self.secret, binding: Self.authorityBinding(certificate),
            cost: Self.authorityCost
        ).encoded
    }

    /// The private key of an authority, opened once and kept. Blocking.
    func key(of authority: Authority) throws -> KeyPair {
        guard let wrapped = authority.wrappedKey else { throw SignaturesError.authorityOffline }
        if let known = self.authorityKeys.withLock({ $0[wrapped] }) { return known }
        let key = try SoftKey.unwrap(
            WrappedKey(encoded: wrapped), pin: Self.authorityPIN, secret: self.secret,
            binding: Self.authorityBinding(authority.certificate))
        guard try key.belongs(to: authority.certificate) else {
            throw SoftKeyError.unacceptable("key of another certificate")
        }
        self.authorityKeys.withLock { $0[wrapped] = key }
        return key
    }

    /// An authority has no PIN: the signer must open it by itself. What protects it is the secret outside the database, so deriving need
    /// not be slow.
    private static let authorityPIN = SecretBytes(text: "internal authority")
    private static let authorityCost = SoftKey.Cost(memoryKiB: 1024, passes: 1)

    private static func authorityBinding(_ certificate: [UInt8]) -> KeyBinding {
        KeyBinding(tenant: [], key: [], certificateFingerprint: SHA256.digest(certificate))
    }
}

extension KeyBinding {
    init(tenant: UUID, key: UUID, certificate: [UInt8]) {
        func bytes(_ id: UUID) -> [UInt8] { withUnsafeBytes(of: id.uuid, Array.init) }
        self.init(tenant: bytes(tenant), key: bytes(key), certificateFingerprint: SHA256.digest(certificate))
    }
}
