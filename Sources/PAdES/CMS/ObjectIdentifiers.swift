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
    var identifier: ASN1ObjectIdentifier {
        switch self {
        case .sha256: OID.sha256
        case .sha384: OID.sha384
        case .sha512: OID.sha512
        }
    }

    init?(_ identifier: ASN1ObjectIdentifier) {
        switch identifier {
        case OID.sha256: self = .sha256
        case OID.sha384: self = .sha384
        case OID.sha512: self = .sha512
        default: return nil
        }
    }
}

/// How a signature value was made, including RSA PKCS#1 v1.5, which is verified but never made.
enum SignatureScheme: Hashable, Sendable {
    case pss(Digest.Algorithm)
    case pkcs1(Digest.Algorithm)
    case ecdsa(Digest.Algorithm)

    var digest: Digest.Algorithm {
        switch self {
        case .pss(let digest), .pkcs1(let digest), .ecdsa(let digest): digest
        }
    }

    /// Such as `RSASSA-PSS SHA-256`.
    var name: String {
        let hash = self.digest.rawValue.replacing("sha", with: "SHA-")
        return switch self {
        case .pss: "RSASSA-PSS " + hash
        case .pkcs1: "RSA PKCS#1 v1.5 " + hash
        case .ecdsa: "ECDSA " + hash
        }
    }
}

extension SignatureAlgorithm {
    var scheme: SignatureScheme {
        switch self {
        case .rsaPSSWithSHA256: .pss(.sha256)
        case .rsaPSSWithSHA384: .pss(.sha384)
        case .rsaPSSWithSHA512: .pss(.sha512)
        case .ecdsaWithSHA256: .ecdsa(.sha256)
        case .ecdsaWithSHA384: .ecdsa(.sha384)
        case .ecdsaWithSHA512: .ecdsa(.sha512)
        }
    }
}
