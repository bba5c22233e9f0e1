import COpenSSL
import Glibc

/// What a path and its revocation ask of a certificate.
extension Certificate {
    /// A certificate that some structure of OpenSSL holds, as one of ours.
    convenience init?(copying handle: OpaquePointer) {
        let size = i2d_X509(handle, nil)
        guard size > 0 else { return nil }
        var der = [UInt8](repeating: 0, count: Int(size))
        der.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            i2d_X509(handle, &cursor)
        }
        do {
            try self.init(der)
        } catch {
            return nil
        }
    }

    var notBefore: SigningTime? { SigningTime(X509_get0_notBefore(self.handle)) }
    var notAfter: SigningTime? { SigningTime(X509_get0_notAfter(self.handle)) }

    func isInForce(at time: SigningTime) -> Bool {
        guard let first = self.notBefore, let last = self.notAfter else { return false }
        return first <= time && time <= last
    }

    var isAuthority: Bool { X509_check_ca(self.handle) > 0 }
    /// Whether it names itself as its issuer.
    var isSelfIssued: Bool { X509_get_extension_flags(self.handle) & UInt32(EXFLAG_SI) != 0 }

    func hasKeyAndName(of other: Certificate) -> Bool {
        self.der == other.der
            || X509_NAME_cmp(X509_get_subject_name(self.handle), X509_get_subject_name(other.handle)) == 0
                && EVP_PKEY_eq(X509_get0_pubkey(self.handle), X509_get0_pubkey(other.handle)) == 1
    }

    /// Whether its key may make time stamps and nothing else (RFC 3161, 2.3).
    var mayStamp: Bool {
        X509_get_extension_flags(self.handle) & UInt32(EXFLAG_XKUSAGE) != 0
            && X509_get_extended_key_usage(self.handle) & UInt32(XKU_TIMESTAMP) != 0
    }

    /// The serial number, hexadecimal, capital letters.
    var serial: String {
        guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(self.handle), nil) else { return "" }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { return "" }
        defer { CRYPTO_free(text, #file, #line) }
        return String(cString: text)
    }

    /// `CN=…, title=…, O=…`, the most particular part first.
    var subjectText: String { Self.text(X509_get_subject_name(self.handle)) }
    var issuerText: String { Self.text(X509_get_issuer_name(self.handle)) }

    private static func text(_ name: OpaquePointer?) -> String {
        guard let name else { return "" }
        var parts: [String] = []
        for index in (0..<min(X509_NAME_entry_count(name), 40)).reversed() {
            guard let entry = X509_NAME_get_entry(name, index), let value = X509_NAME_ENTRY_get_data(entry) else {
                continue
            }
            var label = [CChar](repeating: 0, count: 80)
            let object = X509_NAME_ENTRY_get_object(entry)
            let known = OBJ_nid2sn(OBJ_obj2nid(object)).map { String(cString: $0) }
            if known == nil || known == "UNDEF" { OBJ_obj2txt(&label, Int32(label.count), object, 1) }
            let dotted = String(decoding: label.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var utf8: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&utf8, value)
            guard count >= 0, let utf8 else { continue }
            defer { CRYPTO_free(utf8, #file, #line) }
            let text = String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self)
            parts.append((dotted.isEmpty ? known ?? "" : dotted) + "=" + text)
        }
        return parts.joined(separator: ", ")
    }
}

extension SigningTime {
    /// A time of a certificate, list or response; `nil` for none and for what is no time.
    init?(_ time: UnsafePointer<ASN1_TIME>?) {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        self.init(secondsSince1970: Int64(timegm(&parts)))
    }

    init?(_ time: UnsafeMutablePointer<ASN1_TIME>?) { self.init(time.map { UnsafePointer($0) }) }
}
