import CPKCS11

/// How a token signs a hash. The names are those that a signing session of the server uses.
public enum TokenAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
    case rsaPSSWithSHA256, rsaPSSWithSHA384, rsaPSSWithSHA512
    case rsaPKCS1WithSHA256, rsaPKCS1WithSHA384, rsaPKCS1WithSHA512
    case ecdsaWithSHA256, ecdsaWithSHA384, ecdsaWithSHA512

    /// Bytes of the hash.
    var digestSize: Int {
        switch self {
        case .rsaPSSWithSHA256, .rsaPKCS1WithSHA256, .ecdsaWithSHA256: 32
        case .rsaPSSWithSHA384, .rsaPKCS1WithSHA384, .ecdsaWithSHA384: 48
        case .rsaPSSWithSHA512, .rsaPKCS1WithSHA512, .ecdsaWithSHA512: 64
        }
    }

    /// As people read it.
    var name: String {
        let hash = "SHA-\(8 * self.digestSize)"
        return switch self.mechanism {
        case CKM_RSA_PKCS_PSS: "RSASSA-PSS \(hash)"
        case CKM_ECDSA: "ECDSA \(hash)"
        default: "RSA PKCS#1 v1.5 \(hash)"
        }
    }

    /// The mechanism that takes a hash which was computed outside the token.
    var mechanism: CK_MECHANISM_TYPE {
        switch self {
        case .rsaPSSWithSHA256, .rsaPSSWithSHA384, .rsaPSSWithSHA512: CKM_RSA_PKCS_PSS
        case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512: CKM_RSA_PKCS
        case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: CKM_ECDSA
        }
    }

    /// Hash, mask and salt of RSASSA-PSS: all of the hash's size, as PAdES profiles want it.
    var pss: CK_RSA_PKCS_PSS_PARAMS {
        switch self.digestSize {
        case 32: CK_RSA_PKCS_PSS_PARAMS(hashAlg: CKM_SHA256, mgf: CKG_MGF1_SHA256, sLen: 32)
        case 48: CK_RSA_PKCS_PSS_PARAMS(hashAlg: CKM_SHA384, mgf: CKG_MGF1_SHA384, sLen: 48)
        default: CK_RSA_PKCS_PSS_PARAMS(hashAlg: CKM_SHA512, mgf: CKG_MGF1_SHA512, sLen: 64)
        }
    }

    /// What `C_Sign` is given: for PKCS#1 v1.5 the DER of DigestInfo (RFC 8017, 9.2), else the hash as it is.
    func input(of digest: [UInt8]) -> [UInt8] {
        guard self.mechanism == CKM_RSA_PKCS else { return digest }
        // The last arc of the hash's object identifier, 2.16.840.1.101.3.4.2.x.
        let arc: UInt8 = self.digestSize == 32 ? 1 : self.digestSize == 48 ? 2 : 3
        let size = UInt8(self.digestSize)
        return [0x30, 0x11 + size, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc]
            + [0x05, 0x00, 0x04, size] + digest
    }

    /// What a key of this certificate can do with these mechanisms, the best first (Circular 15/2025: RSA as PSS).
    static func offered(for key: CertificateFacts.Key, by mechanisms: Set<CK_MECHANISM_TYPE>) -> [TokenAlgorithm] {
        let fitting: [TokenAlgorithm] =
            switch key {
            case .rsa(let bits) where bits >= 2048:
                [
                    .rsaPSSWithSHA256, .rsaPSSWithSHA384, .rsaPSSWithSHA512, .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384,
                    .rsaPKCS1WithSHA512,
                ]
            case .elliptic(let bits) where bits >= 256:
                // A hash longer than the curve would be cut, which not every token does.
                bits < 384
                    ? [.ecdsaWithSHA256]
                    : bits < 512
                        ? [.ecdsaWithSHA384, .ecdsaWithSHA256]
                        : [.ecdsaWithSHA512, .ecdsaWithSHA384, .ecdsaWithSHA256]
            default: []
            }
        return fitting.filter { mechanisms.contains($0.mechanism) }
    }
}
