import SwiftASN1

/// The names that a SignerInfo's signatureAlgorithm may have (RFC 3279, 4055, 5758, 8419, 8702; BSI TR-03111).
enum SignatureName {
    /// The key's algorithm alone: the hash is the one that digestAlgorithm names.
    case rsa, ecdsa, dsa, edwards
    case rsaPSS
    /// The algorithm with the hash it is for.
    case full(SignatureScheme)

    init?(_ identifier: ASN1ObjectIdentifier) {
        switch identifier {
        case OID.rsaEncryption: self = .rsa
        case OID.rsaPSS: self = .rsaPSS
        case [1, 2, 840, 10_045, 2, 1]: self = .ecdsa
        case [1, 2, 840, 10_040, 4, 1]: self = .dsa
        case [1, 3, 101, 112], [1, 3, 101, 113]: self = .edwards
        default:
            guard let scheme = Self.schemes[identifier] else { return nil }
            self = .full(scheme)
        }
    }

    private static let schemes: [ASN1ObjectIdentifier: SignatureScheme] = [
        [1, 2, 840, 113_549, 1, 1, 4]: .pkcs1(.md5), [1, 2, 840, 113_549, 1, 1, 5]: .pkcs1(.sha1),
        [1, 3, 14, 3, 2, 29]: .pkcs1(.sha1), [1, 3, 36, 3, 3, 1, 2]: .pkcs1(.ripemd160),
        [1, 2, 840, 113_549, 1, 1, 14]: .pkcs1(.sha224), OID.rsaWithSHA256: .pkcs1(.sha256),
        OID.rsaWithSHA384: .pkcs1(.sha384), OID.rsaWithSHA512: .pkcs1(.sha512),
        [1, 2, 840, 113_549, 1, 1, 15]: .pkcs1(.sha512Short224),
        [1, 2, 840, 113_549, 1, 1, 16]: .pkcs1(.sha512Short256),
        [2, 16, 840, 1, 101, 3, 4, 3, 13]: .pkcs1(.sha3Of224), [2, 16, 840, 1, 101, 3, 4, 3, 14]: .pkcs1(.sha3Of256),
        [2, 16, 840, 1, 101, 3, 4, 3, 15]: .pkcs1(.sha3Of384), [2, 16, 840, 1, 101, 3, 4, 3, 16]: .pkcs1(.sha3Of512),
        [1, 2, 840, 10_045, 4, 1]: .ecdsa(.sha1), [1, 2, 840, 10_045, 4, 3, 1]: .ecdsa(.sha224),
        OID.ecdsaWithSHA256: .ecdsa(.sha256), OID.ecdsaWithSHA384: .ecdsa(.sha384),
        OID.ecdsaWithSHA512: .ecdsa(.sha512),
        [2, 16, 840, 1, 101, 3, 4, 3, 9]: .ecdsa(.sha3Of224), [2, 16, 840, 1, 101, 3, 4, 3, 10]: .ecdsa(.sha3Of256),
        [2, 16, 840, 1, 101, 3, 4, 3, 11]: .ecdsa(.sha3Of384), [2, 16, 840, 1, 101, 3, 4, 3, 12]: .ecdsa(.sha3Of512),
        [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 1]: .ecdsa(.sha1), [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 2]: .ecdsa(.sha224),
        [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 3]: .ecdsa(.sha256), [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 4]: .ecdsa(.sha384),
        [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 5]: .ecdsa(.sha512),
        [1, 2, 840, 10_040, 4, 3]: .dsa(.sha1), [2, 16, 840, 1, 101, 3, 4, 3, 1]: .dsa(.sha224),
        [2, 16, 840, 1, 101, 3, 4, 3, 2]: .dsa(.sha256),
    ]
}

extension CMSSignedData.Signer {
    var digest: Digest.Algorithm? { Digest.Algorithm(self.digestAlgorithm) }

    /// How the value was made by what signatureAlgorithm says; `nil` when it names nothing known.
    var scheme: SignatureScheme? {
        switch SignatureName(self.signatureAlgorithm) {
        case .rsa: self.digest.map { .pkcs1($0) }
        case .ecdsa: self.digest.map { .ecdsa($0) }
        case .dsa: self.digest.map { .dsa($0) }
        case .edwards: self.digest.map { .edwards($0) }
        case .rsaPSS: self.pss
        case .full(let scheme): scheme
        case nil: nil
        }
    }

    /// RSASSA-PSS-params (RFC 4055, 3.1): SHA-1, MGF1 with SHA-1, 20 and 1 where it leaves them out.
    private var pss: SignatureScheme? {
        guard let fields = try? self.signatureParameters?.constructed(.sequence) else { return nil }
        var parameters: (hash: Digest.Algorithm, mask: Digest.Algorithm, salt: Int) = (.sha1, .sha1, 20)
        for field in fields {
            guard case .constructed(let children) = field.content, let content = Array(children).first else {
                return nil
            }
            switch field.identifier {
            case .contextSpecific(0):
                guard let hash = Self.hash(content) else { return nil }
                parameters.hash = hash
            case .contextSpecific(1):
                guard let parts = try? content.constructed(.sequence), parts.count == 2,
                    (try? ASN1ObjectIdentifier(derEncoded: parts[0])) == OID.maskGeneration1,
                    let mask = Self.hash(parts[1])
                else { return nil }
                parameters.mask = mask
            case .contextSpecific(2):
                guard let salt = try? Int(derEncoded: content), (0...512).contains(salt) else { return nil }
                parameters.salt = salt
            case .contextSpecific(3):
                guard (try? Int(derEncoded: content)) == 1 else { return nil }
            default: return nil
            }
        }
        let isUsual = parameters.mask == parameters.hash && parameters.salt == parameters.hash.size
        return isUsual ? .pss(parameters.hash) : .freePSS(parameters.hash, mask: parameters.mask, salt: parameters.salt)
    }

    private static func hash(_ node: ASN1Node) -> Digest.Algorithm? {
        guard let name = (try? node.constructed(.sequence))?.first,
            let identifier = try? ASN1ObjectIdentifier(derEncoded: name)
        else { return nil }
        return Digest.Algorithm(identifier)
    }
}
