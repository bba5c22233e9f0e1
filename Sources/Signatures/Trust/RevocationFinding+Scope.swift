import COpenSSL

extension RevocationFinding {
    /// Whether a list says of a certificate all that there is to say (RFC 5280, 5.2.4 and 5.2.5): not a delta, not of some reasons only, not of
    /// others' certificates, and of the distribution points that the certificate names, where it is of some only.
    static func covers(_ list: OpaquePointer, _ subject: CertificateBuilder) -> Bool {
        for index in 0..<X509_CRL_get_ext_count(list) {
            guard let part = X509_CRL_get_ext(list, index) else { return false }
            let name = OBJ_obj2nid(X509_EXTENSION_get_object(part))
            if name == NID_delta_crl { return false }
            if X509_EXTENSION_get_critical(part) != 0, name != NID_issuing_distribution_point { return false }
        }
        guard X509_CRL_get_ext_by_NID(list, NID_issuing_distribution_point, -1) >= 0 else { return true }
        guard let value = X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, nil, nil) else { return false }
        let point = value.assumingMemoryBound(to: ISSUING_DIST_POINT.self)
        defer { ISSUING_DIST_POINT_free(point) }
        guard point.pointee.onlysomereasons == nil, point.pointee.indirectCRL <= 0, point.pointee.onlyattr <= 0 else {
            return false
        }
        let isAuthority = X509_check_ca(subject.handle) == 1
        if isAuthority ? point.pointee.onlyuser > 0 : point.pointee.onlyCA > 0 { return false }
        guard let name = point.pointee.distpoint else { return true }
        return !Set(CertificateBuilder.addresses(in: name)).isDisjoint(with: subject.listAddresses)
    }
}

extension CertificateBuilder {
    /// Addresses of OCSP responders (AIA).
    var responders: [String] {
        guard let stack = X509_get1_ocsp(self.handle) else { return [] }
        defer { X509_email_free(stack) }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index in
            OPENSSL_sk_value(stack, index).map { String(cString: $0.assumingMemoryBound(to: CChar.self)) }
        }
    }

    /// Addresses of revocation lists (CRL distribution points) that are about every reason.
    var listAddresses: [String] {
        guard let value = X509_get_ext_d2i(self.handle, NID_crl_distribution_points, nil, nil) else { return [] }
        let points = OpaquePointer(value)
        defer { CRL_DIST_POINTS_free(points) }
        return (0..<OPENSSL_sk_num(points)).flatMap { index -> [String] in
            guard let point = OPENSSL_sk_value(points, index)?.assumingMemoryBound(to: DIST_POINT.self),
                let name = point.pointee.distpoint
            else { return [] }
            return Self.addresses(in: name)
        }
    }

    /// The addresses among the names of a distribution point; none where it is named relative to the issuer.
    static func addresses(in name: UnsafeMutablePointer<DIST_POINT_NAME>) -> [String] {
        guard name.pointee.type == 0, let names = name.pointee.name.fullname else { return [] }
        return (0..<OPENSSL_sk_num(names)).compactMap { place in
            guard let general = OPENSSL_sk_value(names, place)?.assumingMemoryBound(to: GENERAL_NAME.self),
                general.pointee.type == GEN_URI, let text = general.pointee.d.uniformResourceIdentifier,
                let start = ASN1_STRING_get0_data(text)
            else { return nil }
            return String(
                decoding: UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(text))), as: UTF8.self)
        }
    }
}
