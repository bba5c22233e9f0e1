/// The subject of a certificate (X.520). Every text is UTF-8 and at most 64 characters, the country two letters.
public struct DistinguishedName: Hashable, Sendable, Codable {
    public var country: String
    /// `cơ quan, tổ chức`
    public var organisation: String?
    /// `đơn vị`
    public var organisationalUnit: String?
    /// `chức vụ`: Decree 23/2025 wants the competent person's title in the certificate.
    public var title: String?
    public var commonName: String

    public init(
        country: String = "VN", organisation: String? = nil, organisationalUnit: String? = nil, title: String? = nil,
        commonName: String
    ) {
        self.country = country
        self.organisation = organisation
        self.organisationalUnit = organisationalUnit
        self.title = title
        self.commonName = commonName
    }
}

/// From when to when a certificate is valid, in seconds since 1970 UTC.
public struct CertificateValidity: Hashable, Sendable, Codable {
    public var notBefore: Int64
    public var notAfter: Int64

    public init(notBefore: Int64, notAfter: Int64) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// From a moment on, for so many days.
    public init(from start: Int64, days: Int64) {
        self.init(notBefore: start, notAfter: start + days * 86_400)
    }
}

/// Where relying parties find what the authority publishes. URLs with letters, digits and `-._~:/%` only.
public struct AuthorityAddresses: Hashable, Sendable {
    /// The certificate revocation list (CRL distribution point).
    public var revocationList: String?
    /// The issuer's certificate (AIA, caIssuers).
    public var issuer: String?
    /// The OCSP responder (AIA).
    public var responder: String?

    public init(revocationList: String? = nil, issuer: String? = nil, responder: String? = nil) {
        self.revocationList = revocationList
        self.issuer = issuer
        self.responder = responder
    }
}
