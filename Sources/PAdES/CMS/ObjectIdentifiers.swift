import SwiftASN1

/// Names of RFC 5652, 5035, 6211, 4055 and 5758.
enum OID {
    static let data: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 7, 1]
    static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 7, 2]
    static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 3]
    static let messageDigest: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 4]
    static let signingTime: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 5]
    static let algorithmProtection: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 52]
    static let signingCertificate: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 2, 12]
    static let signatureTimeStamp: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 2, 14]
    static let contentTimeStamp: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 2, 20]
    static let counterSignature: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 6]
    static let timeStampInformation: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 1, 4]
    static let signingCertificateV2: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 2, 47]

    static let sha256: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 1]
    static let sha384: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 2]
    static let sha512: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 3]

    static let rsaEncryption: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 1]
    static let maskGeneration1: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 8]
    static let rsaPSS: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 10]
    static let rsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 11]
    static let rsaWithSHA384: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 12]
    static let rsaWithSHA512: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 13]
    static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10_045, 4, 3, 2]
    static let ecdsaWithSHA384: ASN1ObjectIdentifier = [1, 2, 840, 10_045, 4, 3, 3]
    static let ecdsaWithSHA512: ASN1ObjectIdentifier = [1, 2, 840, 10_045, 4, 3, 4]
}

extension Digest.Algorithm {
    private static let identifiers: [Digest.Algorithm: ASN1ObjectIdentifier] = [
        .md5: [1, 2, 840, 113_549, 2, 5], .sha1: [1, 3, 14, 3, 2, 26], .ripemd160: [1, 3, 36, 3, 2, 1],
        .sha224: [2, 16, 840, 1, 101, 3, 4, 2, 4], .sha256: OID.sha256, .sha384: OID.sha384, .sha512: OID.sha512,
        .sha512Short224: [2, 16, 840, 1, 101, 3, 4, 2, 5], .sha512Short256: [2, 16, 840, 1, 101, 3, 4, 2, 6],
        .sha3Of224: [2, 16, 840, 1, 101, 3, 4, 2, 7], .sha3Of256: [2, 16, 840, 1, 101, 3, 4, 2, 8],
        .sha3Of384: [2, 16, 840, 1, 101, 3, 4, 2, 9], .sha3Of512: [2, 16, 840, 1, 101, 3, 4, 2, 10],
        .shake256: [2, 16, 840, 1, 101, 3, 4, 2, 12],
    ]
    private static let names: [ASN1ObjectIdentifier: Digest.Algorithm] = {
        var names: [ASN1ObjectIdentifier: Digest.Algorithm] = [:]
        for (algorithm, identifier) in Self.identifiers { names[identifier] = algorithm }
        // id-shake256-len: its parameter says 512 bits wherever it is found beside Ed448.
        names[[2, 16, 840, 1, 101, 3, 4, 2, 18]] = .shake256
        return names
    }()

    var identifier: ASN1ObjectIdentifier { Self.identifiers[self] ?? OID.sha256 }

    init?(_ identifier: ASN1ObjectIdentifier) {
        guard let algorithm = Self.names[identifier] else { return nil }
        self = algorithm
    }
}

/// How a signature value was made, including what is verified but never made.
package enum SignatureScheme: Hashable, Sendable {
    /// Hash and mask hash agree and the salt is as long as the hash.
    case pss(Digest.Algorithm)
    case freePSS(Digest.Algorithm, mask: Digest.Algorithm, salt: Int)
    case pkcs1(Digest.Algorithm)
    case ecdsa(Digest.Algorithm)
    case dsa(Digest.Algorithm)
    /// Ed25519 and Ed448; the hash is that of the content beside it.
    case edwards(Digest.Algorithm)

    package var digest: Digest.Algorithm {
        switch self {
        case .pss(let digest), .pkcs1(let digest), .ecdsa(let digest), .dsa(let digest), .edwards(let digest): digest
        case .freePSS(let digest, _, _): digest
        }
    }

    /// Such as `RSASSA-PSS SHA-256`.
    package var name: String {
        let hash = self.digest.rawValue
        return switch self {
        case .pss, .freePSS: "RSASSA-PSS " + hash
        case .pkcs1: "RSA PKCS#1 v1.5 " + hash
        case .ecdsa: "ECDSA " + hash
        case .dsa: "DSA " + hash
        case .edwards: "EdDSA " + hash
        }
    }
}

extension SignatureAlgorithm {
    package var scheme: SignatureScheme {
        switch self {
        case .rsaPSSWithSHA256: .pss(.sha256)
        case .rsaPSSWithSHA384: .pss(.sha384)
        case .rsaPSSWithSHA512: .pss(.sha512)
        case .ecdsaWithSHA256: .ecdsa(.sha256)
        case .ecdsaWithSHA384: .ecdsa(.sha384)
        case .ecdsaWithSHA512: .ecdsa(.sha512)
        case .rsaPKCS1WithSHA256: .pkcs1(.sha256)
        case .rsaPKCS1WithSHA384: .pkcs1(.sha384)
        case .rsaPKCS1WithSHA512: .pkcs1(.sha512)
        }
    }
}
