import CPKCS11

/// A certificate on a token, with what its key can do there.
struct TokenCertificate: Sendable, Hashable {
    let facts: CertificateFacts
    /// CKA_ID, by which its private key is found.
    let keyID: [UInt8]
    let slot: CK_SLOT_ID
    let token: TokenFacts
    let algorithms: [TokenAlgorithm]
    /// Certificates of authorities on the same token, DER.
    let authorities: [[UInt8]]
}

/// The tokens that one PKCS #11 module reaches. All calls run on a thread of their own.
actor TokenRoom {
    private let thread = TokenThread()
    private var module: PKCS11Module?
    private var isClosed = false
    private let path: String

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.thread.asUnownedSerialExecutor() }

    init(module path: String) {
        self.path = path
    }

    /// Loads the module now, so that a wrong path is told at the start.
    func load() throws(AgentError) {
        _ = try self.loaded()
    }

    /// Ends the use of the module, here where it was used: left to chance, it would end on any thread, and beside the library's own exit.
    func close() {
        self.isClosed = true
        self.module = nil
    }

    private func loaded() throws(AgentError) -> PKCS11Module {
        if let module { return module }
        guard !self.isClosed else { throw .module("closed") }
        let module = try PKCS11Module(path: self.path)
        self.module = module
        return module
    }

    /// The certificates that may sign, of all tokens that are there now. A token that fails hides no other.
    func certificates() throws(AgentError) -> [TokenCertificate] {
        let module = try self.loaded()
        return try module.slots().flatMap { slot in
            (try? Self.certificates(in: slot, of: module)) ?? []
        }
    }

    /// - Throws: `certificateUnknown` where no token holds it now.
    func certificate(_ fingerprint: String) throws(AgentError) -> TokenCertificate {
        guard let found = try self.certificates().first(where: { $0.facts.fingerprint == fingerprint }) else {
            throw .certificateUnknown
        }
        return found
    }

    private static func certificates(in slot: CK_SLOT_ID, of module: PKCS11Module) throws(AgentError)
        -> [TokenCertificate]
    {
        let token = try module.token(in: slot)
        guard token.isReady else { return [] }
        let session = try TokenSession(module, slot: slot)
        let mechanisms = module.signing([CKM_RSA_PKCS_PSS, CKM_RSA_PKCS, CKM_ECDSA], in: slot)
        let objects = try session.objects(
            CKO_CERTIFICATE, [(CKA_CERTIFICATE_TYPE, withUnsafeBytes(of: CKC_X_509, Array.init))])
        var found: [(CertificateFacts, [UInt8])] = []
        for object in objects {
            guard let der = session.attribute(CKA_VALUE, of: object), let facts = CertificateFacts(der) else {
                continue
            }
            found.append((facts, session.attribute(CKA_ID, of: object) ?? []))
        }
        let authorities = found.filter(\.0.isAuthority).map(\.0.der)
        return found.filter { !$0.0.isAuthority && $0.0.signs && !$0.1.isEmpty }.map { facts, keyID in
            TokenCertificate(
                facts: facts, keyID: keyID, slot: slot, token: token,
                algorithms: TokenAlgorithm.offered(for: facts.key, by: mechanisms), authorities: authorities)
        }
    }

    /// Signs hashes one after the other under one PIN. Nothing is given out unless all were signed.
    func sign(
        _ digests: [[UInt8]], _ algorithm: TokenAlgorithm, with certificate: TokenCertificate, pin: TypedPIN?
    ) throws(AgentError) -> [[UInt8]] {
        let module = try self.loaded()
        // The person may have taken the token away, and put another into the slot, while being asked.
        guard try module.slots().contains(certificate.slot),
            try module.token(in: certificate.slot).serial == certificate.token.serial
        else { throw .tokenRemoved }
        var session = try TokenSession(module, slot: certificate.slot)
        if certificate.token.needsLogin { try session.logIn(pin) }
        let keys = try session.objects(CKO_PRIVATE_KEY, [(CKA_ID, certificate.keyID)])
        guard let key = keys.first else { throw .keyMissing }
        let always = session.attribute(CKA_ALWAYS_AUTHENTICATE, of: key) == [1]
        var signatures: [[UInt8]] = []
        for digest in digests {
            signatures.append(
                try session.sign(digest, algorithm, with: key, pin: pin, authenticatesAlways: always))
        }
        return signatures
    }
}
