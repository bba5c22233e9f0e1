/// What a signature's certificates are later judged by: the certificates themselves and what their issuers said of revocation.
public struct ValidationEvidence: Sendable, Hashable, Codable {
    /// DER of certificates, in any order.
    public var certificates: [[UInt8]]
    /// DER of OCSPResponse (RFC 6960), the outer envelope with its status.
    public var ocspResponses: [[UInt8]]
    /// DER of CertificateList.
    public var revocationLists: [[UInt8]]

    public init(certificates: [[UInt8]] = [], ocspResponses: [[UInt8]] = [], revocationLists: [[UInt8]] = []) {
        self.certificates = certificates
        self.ocspResponses = ocspResponses
        self.revocationLists = revocationLists
    }

    public var isEmpty: Bool {
        self.certificates.isEmpty && self.ocspResponses.isEmpty && self.revocationLists.isEmpty
    }

    /// Adds what is not there yet.
    public mutating func formUnion(_ other: ValidationEvidence) {
        func add(_ items: [[UInt8]], to list: inout [[UInt8]]) {
            for item in items where !list.contains(item) { list.append(item) }
        }
        add(other.certificates, to: &self.certificates)
        add(other.ocspResponses, to: &self.ocspResponses)
        add(other.revocationLists, to: &self.revocationLists)
    }
}
