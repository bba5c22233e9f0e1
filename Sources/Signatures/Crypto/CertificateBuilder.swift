import COpenSSL
import Foundation
import PAdES

/// An `X509` under construction or read back.
final class CertificateBuilder {
    let handle: OpaquePointer

    /// A new certificate of version 3 with a random positive serial number of 127 bits.
    init() throws(SoftKeyError) {
        guard let handle = X509_new() else { throw .cryptography("X509_new") }
        self.handle = handle
        var serial = try SoftKey.random(16)
        // The first bit is the sign; one that is never zero keeps the length the same for all.
        serial[0] = serial[0] & 0x7F | 0x40
        guard let number = BN_bin2bn(serial, Int32(serial.count), nil) else { throw .cryptography("serial number") }
        defer { BN_free(number) }
        guard X509_set_version(handle, 2) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle)) != nil
        else { throw .cryptography("serial number") }
    }

    init(parsing der: [UInt8]) throws(SoftKeyError) {
        let parsed = der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_X509(nil, &cursor, buffer.count)
        }
        ERR_clear_error()
        guard let parsed else { throw .malformed }
        self.handle = parsed
    }

    deinit { X509_free(self.handle) }

    func setSubject(_ name: DistinguishedName) throws(SoftKeyError) {
        let subject = X509_get_subject_name(self.handle)
        let parts: [(Int32, String?, Int)] = [
            (NID_countryName, name.country, 2), (NID_organizationName, name.organisation, 64),
            (NID_organizationalUnitName, name.organisationalUnit, 64), (NID_title, name.title, 64),
            (NID_commonName, name.commonName, 64),
        ]
        for (attribute, text, limit) in parts {
            guard let text = text?.precomposedStringWithCanonicalMapping else { continue }
            guard !text.isEmpty, text.unicodeScalars.count <= limit,
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { throw .unacceptable("subject") }
            let bytes = Array(text.utf8)
            guard
                X509_NAME_add_entry_by_NID(
                    subject, attribute, MBSTRING_FLAG | 0, bytes, Int32(bytes.count), -1, 0) == 1
            else { throw .unacceptable("subject") }
        }
    }

    func setIssuer(of issuer: CertificateBuilder) throws(SoftKeyError) {
        guard X509_set_issuer_name(self.handle, X509_get_subject_name(issuer.handle)) == 1 else {
            throw .cryptography("issuer")
        }
    }

    func set(_ validity: CertificateValidity) throws(SoftKeyError) {
        guard validity.notBefore < validity.notAfter else { throw .unacceptable("validity") }
        guard ASN1_TIME_set(X509_getm_notBefore(self.handle), time_t(validity.notBefore)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(self.handle), time_t(validity.notAfter)) != nil
        else { throw .unacceptable("validity") }
    }

    /// - Parameter publicKey: DER of the SubjectPublicKeyInfo.
    func setKey(_ publicKey: [UInt8]) throws(SoftKeyError) {
        let key = publicKey.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_PUBKEY(nil, &cursor, buffer.count)
        }
        guard let key else {
            ERR_clear_error()
            throw .malformed
        }
        defer { EVP_PKEY_free(key) }
        let (kind, bits) = (EVP_PKEY_get_base_id(key), EVP_PKEY_get_bits(key))
        guard kind == EVP_PKEY_RSA && bits >= 2_048 || kind == EVP_PKEY_EC && bits >= 256 else {
            throw .unacceptable("public key too small or of another algorithm")
        }
        guard X509_set_pubkey(self.handle, key) == 1 else { throw .cryptography("public key") }
    }

    /// Adds an extension in OpenSSL's own notation (x509v3_config(5)).
    func add(_ extension: Int32, _ value: String, issuer: CertificateBuilder) throws(SoftKeyError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer.handle, self.handle, nil, nil, 0)
        guard let created = X509V3_EXT_conf_nid(nil, &context, `extension`, value) else {
            ERR_clear_error()
            throw .cryptography("certificate extension")
        }
        defer { X509_EXTENSION_free(created) }
        guard X509_add_ext(self.handle, created, -1) == 1 else { throw .cryptography("certificate extension") }
    }

    /// Signs with the issuer's key (PSS for RSA) and returns the DER.
    func sign(with key: KeyPair) throws(SoftKeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .cryptography("signature context") }
        defer { EVP_MD_CTX_free(context) }
        try key.prepare(context, key.defaultAlgorithm)
        guard X509_sign_ctx(self.handle, context) > 0 else { throw .cryptography("certificate signature") }
        return try encoded { i2d_X509(self.handle, $0) }
    }

    /// The serial number, hexadecimal.
    var serial: String {
        get throws(SoftKeyError) { try SerialNumber.text(X509_get0_serialNumber(self.handle)) }
    }

    /// Whether `subject` says that this one issued it, by name and key identifier.
    func issued(_ subject: CertificateBuilder) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_issued(self.handle, subject.handle) == X509_V_OK
    }

    /// Key usage digitalSignature or nonRepudiation (RFC 5280, 4.2.1.3).
    var signsDocuments: Bool {
        X509_get_key_usage(self.handle) & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0
    }

    /// From when to when it is valid, seconds since 1970.
    var validity: CertificateValidity? {
        guard let start = Moment.seconds(X509_get0_notBefore(self.handle)),
            let end = Moment.seconds(X509_get0_notAfter(self.handle))
        else { return nil }
        return CertificateValidity(notBefore: start, notAfter: end)
    }
}
