import PAdES

/// What ds:SignatureMethod says.
enum SignatureMethod {
    static func scheme(of method: XMLElement) -> SignatureScheme? {
        guard let algorithm = method.attribute("Algorithm") else { return nil }
        if algorithm == AlgorithmName.pss { return self.pss(method) }
        return AlgorithmName.schemes[algorithm]
    }

    /// RSAPSSParams (RFC 9231, 2.3.9): SHA-256, MGF1 with the same hash and a salt of its length where it leaves them out.
    private static func pss(_ method: XMLElement) -> SignatureScheme? {
        guard let parameters = method.children(named: "RSAPSSParams").first else { return .pss(.sha256) }
        func digest(in element: XMLElement?) -> Digest.Algorithm?? {
            guard let named = element?.children(named: "DigestMethod").first else { return .none }
            return .some(named.attribute("Algorithm").flatMap { AlgorithmName.digests[$0] })
        }
        guard let hash = digest(in: parameters) ?? .sha256 else { return nil }
        let generation = parameters.children(named: "MaskGenerationFunction").first
        guard let mask = digest(in: generation) ?? hash else { return nil }
        var salt = hash.size
        if let stated = parameters.children(named: "SaltLength").first {
            guard let number = stated.text.flatMap({ Int($0) }), (0...512).contains(number) else { return nil }
            salt = number
        }
        if let trailer = parameters.children(named: "TrailerField").first, trailer.text != "1" { return nil }
        return mask == hash && salt == hash.size ? .pss(hash) : .freePSS(hash, mask: mask, salt: salt)
    }
}

extension SignatureScheme {
    /// Whether XML has the value as r ‖ s (RFC 4050, RFC 9231) and OpenSSL wants it as DER.
    var isPair: Bool {
        switch self {
        case .ecdsa, .dsa: true
        default: false
        }
    }
}
