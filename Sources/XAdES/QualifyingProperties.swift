import PAdES

/// The XAdES part of a signature (EN 319 132-1, 5 and 6): read from the one QualifyingProperties in the signature's own objects.
struct QualifyingProperties {
    let element: XMLElement
    let signed: XMLElement?
    let target: String?

    /// All that stand where they must: in a ds:Object that is a child of the signature.
    static func all(of signature: XMLElement) -> [QualifyingProperties] {
        signature.children("Object", in: Namespace.signature).flatMap { object in
            object.children.filter { $0.name == "QualifyingProperties" && Self.isOurs($0) }.map { element in
                let signed = element.children(named: "SignedProperties").filter(Self.isOurs)
                return QualifyingProperties(
                    element: element, signed: signed.count == 1 ? signed[0] : nil, target: element.attribute("Target"))
            }
        }
    }

    private static func isOurs(_ element: XMLElement) -> Bool {
        element.namespace.map { Namespace.allProperties.contains($0) } ?? false
    }

    private static func one(_ name: String, in element: XMLElement?) -> XMLElement? {
        let found = element?.children(named: name) ?? []
        return found.count == 1 ? found[0] : nil
    }

    private var signatureProperties: XMLElement? { Self.one("SignedSignatureProperties", in: self.signed) }
    private var unsignedSignatureProperties: XMLElement? {
        Self.one("UnsignedSignatureProperties", in: Self.one("UnsignedProperties", in: self.element))
    }

    /// `xsd:dateTime`.
    var signingTime: SigningTime? {
        Self.one("SigningTime", in: self.signatureProperties)?.text.flatMap { SigningTime(xml: $0) }
    }

    /// The digest of the signing certificate; `malformed` where there is the property, but not a digest in it.
    enum CertificateDigest: Equatable {
        case absent, malformed
        case digest(Digest.Algorithm, [UInt8])
    }

    var certificateDigest: CertificateDigest {
        let properties = (self.signatureProperties?.children ?? []).filter {
            $0.name == "SigningCertificate" || $0.name == "SigningCertificateV2"
        }
        guard let property = properties.first else { return .absent }
        guard properties.count == 1, let first = property.children(named: "Cert").first,
            let digest = Self.one("CertDigest", in: first),
            let algorithm = Self.one("DigestMethod", in: digest)?.attribute("Algorithm"),
            let known = AlgorithmName.digests[algorithm],
            let value = Self.one("DigestValue", in: digest)?.onlyText.flatMap({
                StrictBase64.decode($0, isCanonical: false)
            })
        else { return .malformed }
        return .digest(known, value)
    }

    /// Whether it is the second version of the property, which the baseline wants.
    var hasCertificateV2: Bool { Self.one("SigningCertificateV2", in: self.signatureProperties) != nil }

    /// Certificates that were added later for the path (CertificateValues).
    var certificates: [[UInt8]] {
        (self.unsignedSignatureProperties?.children(named: "CertificateValues") ?? []).flatMap { values in
            values.children(named: "EncapsulatedX509Certificate").prefix(64).compactMap { element in
                element.onlyText.flatMap { StrictBase64.decode($0, isCanonical: false) }
            }
        }
    }

    /// What a SignatureTimeStamp holds: the method by which the signature value's element was made canonical, and the tokens; `nil`
    /// for one that is not base64.
    struct TimeStamp {
        var method: XMLElement?
        var tokens: [[UInt8]?]
    }

    var signatureTimeStamps: [TimeStamp] {
        (self.unsignedSignatureProperties?.children(named: "SignatureTimeStamp") ?? []).prefix(16).map { element in
            TimeStamp(
                method: element.children("CanonicalizationMethod", in: Namespace.signature).first,
                tokens: element.children(named: "EncapsulatedTimeStamp").prefix(16).map { token in
                    token.onlyText.flatMap { StrictBase64.decode($0, isCanonical: false) }
                })
        }
    }
}
