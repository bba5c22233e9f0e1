import COpenSSL
import Foundation
import PAdES

/// The post's own authority (`chứng thư chữ ký điện tử chuyên dùng`): a root that issues one authority, which issues the
/// certificates of posts and organisations. Pure: keys and certificates in, certificates out.
public struct CertificateAuthority: Sendable {
    /// The authority's own certificate, DER.
    public let certificate: [UInt8]
    /// Its issuers up to and including the root, DER, nearest first; empty for a root.
    public let issuers: [[UInt8]]
    let key: KeyPair
    /// Put into what it issues.
    public var addresses: AuthorityAddresses
    /// The certificate policy (an OID in dots) that the certificates of people and organisations name; none without it.
    public var policy: String?

    /// An authority whose key was kept.
    /// - Throws: `unacceptable` when the key is not the certificate's.
    public init(
        certificate: [UInt8], issuers: [[UInt8]] = [], key: KeyPair,
        addresses: AuthorityAddresses = AuthorityAddresses()
    ) throws(SoftKeyError) {
        self.certificate = certificate
        self.issuers = issuers
        self.key = key
        self.addresses = addresses
        let builder = try CertificateBuilder(parsing: certificate)
        guard X509_check_private_key(builder.handle, key.handle) == 1 else {
            ERR_clear_error()
            throw .unacceptable("key of another certificate")
        }
    }

    /// Makes a self-signed root.
    public static func root(
        _ subject: DistinguishedName, key: KeyPair, validity: CertificateValidity
    ) throws(SoftKeyError) -> CertificateAuthority {
        let builder = try CertificateBuilder()
        try builder.setSubject(subject)
        try builder.setIssuer(of: builder)
        try builder.set(validity)
        try builder.setKey(try key.publicKey())
        try builder.add(NID_basic_constraints, "critical,CA:TRUE", issuer: builder)
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: builder)
        try builder.add(NID_subject_key_identifier, "hash", issuer: builder)
        return try CertificateAuthority(certificate: try builder.sign(with: key), key: key)
    }

    /// Issues an authority below this one, which may issue end entities only.
    public func issueAuthority(
        _ subject: DistinguishedName, key: KeyPair, validity: CertificateValidity
    ) throws(SoftKeyError) -> CertificateAuthority {
        let issuer = try CertificateBuilder(parsing: self.certificate)
        let builder = try self.builder(subject, publicKey: try key.publicKey(), validity, issuer)
        try builder.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: issuer)
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: issuer)
        return try CertificateAuthority(
            certificate: try builder.sign(with: self.key), issuers: [self.certificate] + self.issuers, key: key,
            addresses: self.addresses)
    }

    /// Issues the certificate of a person in a post or of an organisation's seal.
    ///
    /// For signing documents only: key usage digitalSignature and nonRepudiation; extended usage document signing (RFC 9336)
    /// and, because Acrobat asks for it, e-mail protection.
    /// - Parameter publicKey: DER of the SubjectPublicKeyInfo: RSA of 2048 bits or more, or an elliptic key of 256 or more.
    /// - Returns: the certificate, DER.
    public func issue(
        _ subject: DistinguishedName, publicKey: [UInt8], validity: CertificateValidity
    ) throws(SoftKeyError) -> [UInt8] {
        let issuer = try CertificateBuilder(parsing: self.certificate)
        let builder = try self.builder(subject, publicKey: publicKey, validity, issuer)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try builder.add(NID_key_usage, "critical,digitalSignature,nonRepudiation", issuer: issuer)
        try builder.add(NID_ext_key_usage, "1.3.6.1.5.5.7.3.36,emailProtection", issuer: issuer)
        if let policy = self.policy {
            try builder.add(NID_certificate_policies, try Self.checked(policy: policy), issuer: issuer)
        }
        return try builder.sign(with: self.key)
    }

    /// Issues the certificate of an OCSP responder for this authority's certificates (RFC 6960, 4.2.2.2). Nobody asks whether it is
    /// revoked (`ocsp-nocheck`), so it ought to be short.
    public func issueResponder(
        _ subject: DistinguishedName, publicKey: [UInt8], validity: CertificateValidity
    ) throws(SoftKeyError) -> [UInt8] {
        let issuer = try CertificateBuilder(parsing: self.certificate)
        let builder = try self.builder(subject, publicKey: publicKey, validity, issuer, isListed: false)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try builder.add(NID_key_usage, "critical,digitalSignature", issuer: issuer)
        try builder.add(NID_ext_key_usage, "OCSPSigning", issuer: issuer)
        try builder.add(NID_id_pkix_OCSP_noCheck, "ignored", issuer: issuer)
        return try builder.sign(with: self.key)
    }

    /// Issues the certificate of a time-stamp authority (RFC 3161, 2.3: time stamping alone, critical).
    public func issueTimeStampAuthority(
        _ subject: DistinguishedName, publicKey: [UInt8], validity: CertificateValidity
    ) throws(SoftKeyError) -> [UInt8] {
        let issuer = try CertificateBuilder(parsing: self.certificate)
        let builder = try self.builder(subject, publicKey: publicKey, validity, issuer)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try builder.add(NID_key_usage, "critical,digitalSignature,nonRepudiation", issuer: issuer)
        try builder.add(NID_ext_key_usage, "critical,timeStamping", issuer: issuer)
        return try builder.sign(with: self.key)
    }

    /// What every certificate that this authority issues has in common.
    private func builder(
        _ subject: DistinguishedName, publicKey: [UInt8], _ validity: CertificateValidity, _ issuer: CertificateBuilder,
        isListed: Bool = true
    ) throws(SoftKeyError) -> CertificateBuilder {
        let builder = try CertificateBuilder()
        try builder.setSubject(subject)
        try builder.setIssuer(of: issuer)
        try builder.set(validity)
        try builder.setKey(publicKey)
        try builder.add(NID_subject_key_identifier, "hash", issuer: issuer)
        try builder.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        guard isListed else { return builder }
        if let list = self.addresses.revocationList {
            try builder.add(NID_crl_distribution_points, "URI:" + (try Self.checked(list)), issuer: issuer)
        }
        var access: [String] = []
        if let responder = self.addresses.responder { access.append("OCSP;URI:" + (try Self.checked(responder))) }
        if let address = self.addresses.issuer { access.append("caIssuers;URI:" + (try Self.checked(address))) }
        if !access.isEmpty { try builder.add(NID_info_access, access.joined(separator: ","), issuer: issuer) }
        return builder
    }

    /// OpenSSL reads extensions from a small language in which comma and semicolon mean something.
    private static func checked(_ url: String) throws(SoftKeyError) -> String {
        let isPlain = url.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-._~:/%".unicodeScalars.contains($0)
        }
        guard isPlain, url.contains("://") else { throw .unacceptable("URL") }
        return url
    }

    private static func checked(policy: String) throws(SoftKeyError) -> String {
        let isPlain = policy.utf8.allSatisfy {
            $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard isPlain, policy.contains(".") else { throw .unacceptable("certificate policy") }
        return policy
    }
}

extension KeyPair {
    /// Whether the certificate (DER) was issued for this key.
    public func belongs(to certificate: [UInt8]) throws(SoftKeyError) -> Bool {
        let builder = try CertificateBuilder(parsing: certificate)
        defer { ERR_clear_error() }
        return X509_check_private_key(builder.handle, self.handle) == 1
    }
}
