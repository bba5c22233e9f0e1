import COpenSSL

/// An X.509 certificate by OpenSSL: its key, its subject, whether it may sign documents.
package final class Certificate {
    package let der: [UInt8]
    let handle: OpaquePointer
    fileprivate let key: OpaquePointer

    /// - Throws: `certificateUnsuitable` for bytes that are no certificate, or one whose key OpenSSL doesn't know.
    package init(_ der: [UInt8]) throws(PDFError) {
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let certificate = d2i_X509(nil, &cursor, buffer.count) else { return nil }
            guard let start = buffer.baseAddress, cursor == start + buffer.count else {
                X509_free(certificate)
                return nil
            }
            return certificate
        }
        ERR_clear_error()
        guard let parsed else { throw .certificateUnsuitable("not a certificate") }
        guard let key = X509_get0_pubkey(parsed) else {
            X509_free(parsed)
            ERR_clear_error()
            throw .certificateUnsuitable("unknown key")
        }
        self.der = der
        self.handle = parsed
        self.key = key
    }

    deinit { X509_free(self.handle) }

    /// Whether the bytes are the DER of a certificate at all, whatever its key.
    static func isDecodable(_ der: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        return der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let start = cursor, let certificate = d2i_X509(nil, &cursor, buffer.count) else { return false }
            X509_free(certificate)
            return cursor == start + buffer.count
        }
    }

    var isRSA: Bool {
        let kind = EVP_PKEY_get_base_id(self.key)
        return kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS
    }

    var isElliptic: Bool { EVP_PKEY_get_base_id(self.key) == EVP_PKEY_EC }
    private var isEdwards: Bool {
        let kind = EVP_PKEY_get_base_id(self.key)
        return kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448
    }

    /// The only hash of the content that RFC 8419 allows beside this key; `nil` for a key that leaves the choice.
    var requiredDigest: Digest.Algorithm? {
        switch EVP_PKEY_get_base_id(self.key) {
        case EVP_PKEY_ED25519: .sha512
        case EVP_PKEY_ED448: .shake256
        default: nil
        }
    }

    var bits: Int { Int(EVP_PKEY_get_bits(self.key)) }
    /// The length of r and of s in a raw ECDSA signature.
    package var coordinateLength: Int? { self.isElliptic ? (self.bits + 7) / 8 : nil }

    /// Why the certificate can't sign a document; `nil` when it can (RFC 5280 4.2.1.3, Circular 15/2025).
    package var unsuitability: String? {
        // UINT32_MAX: no key usage, so every use.
        let usage = X509_get_key_usage(self.handle)
        guard usage & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0 else { return "key usage without signing" }
        if self.isRSA { return self.bits >= 2_048 ? nil : "RSA key below 2048 bits" }
        if self.isElliptic { return self.bits >= 256 ? nil : "elliptic key below 256 bits" }
        return "neither RSA nor ECDSA"
    }

    /// The algorithm that suits the key.
    package var defaultAlgorithm: SignatureAlgorithm {
        guard self.isElliptic else { return .rsaPSSWithSHA256 }
        return self.bits <= 256 ? .ecdsaWithSHA256 : self.bits <= 384 ? .ecdsaWithSHA384 : .ecdsaWithSHA512
    }

    /// Whether a signature of this scheme can come from the certificate's kind of key.
    package func fits(_ scheme: SignatureScheme) -> Bool {
        switch scheme {
        case .ecdsa: self.isElliptic
        case .pss, .freePSS: self.isRSA
        case .pkcs1: EVP_PKEY_get_base_id(self.key) == EVP_PKEY_RSA
        case .dsa: EVP_PKEY_get_base_id(self.key) == EVP_PKEY_DSA
        case .edwards: self.isEdwards
        }
    }

    /// Whether the certificate's key made `signature` over `data`.
    package func verifies(_ signature: [UInt8], over data: [UInt8], scheme: SignatureScheme) -> Bool {
        guard self.fits(scheme), let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var keyContext: OpaquePointer?
        // EdDSA hashes within itself.
        let hash = self.isEdwards ? nil : scheme.digest.evp
        guard EVP_DigestVerifyInit(context, &keyContext, hash, nil, self.key) == 1 else { return false }
        let padding: (mask: Digest.Algorithm, salt: Int)? =
            switch scheme {
            case .pss(let digest): (digest, digest.size)
            case .freePSS(_, let mask, let salt): (mask, salt)
            default: nil
            }
        if let padding {
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, Int32(padding.salt)) == 1,
                EVP_PKEY_CTX_set_rsa_mgf1_md(keyContext, padding.mask.evp) == 1
            else { return false }
        }
        return EVP_DigestVerify(context, signature, signature.count, data, data.count) == 1
    }

    /// The first value of an attribute of the subject, as UTF-8.
    func subject(_ attribute: Int32) -> String? { Self.value(of: attribute, in: X509_get_subject_name(self.handle)) }

    static func value(of attribute: Int32, in name: OpaquePointer?) -> String? {
        let index = X509_NAME_get_index_by_NID(name, attribute, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(name, index),
            let string = X509_NAME_ENTRY_get_data(entry)
        else { return nil }
        var utf8: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&utf8, string)
        guard count >= 0, let utf8 else { return nil }
        defer { CRYPTO_free(utf8, nil, 0) }
        return String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self)
    }

    package var commonName: String? { self.subject(NID_commonName) }
}

extension Certificate {
    var subjectKeyIdentifier: [UInt8]? {
        guard let identifier = X509_get0_subject_key_id(self.handle), let start = ASN1_STRING_get0_data(identifier)
        else {
            return nil
        }
        return Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(identifier))))
    }

    /// Whether the certificate says that `issuer` issued it: by name and key identifier.
    func names(_ issuer: Certificate) -> Bool { X509_check_issued(issuer.handle, self.handle) == X509_V_OK }

    func isSigned(by issuer: Certificate) -> Bool {
        defer { ERR_clear_error() }
        return X509_verify(self.handle, issuer.key) == 1
    }
}
