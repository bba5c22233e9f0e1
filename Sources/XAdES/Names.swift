import PAdES

enum Namespace {
    static let signature = "http://www.w3.org/2000/09/xmldsig#"
    static let filter2 = "http://www.w3.org/2002/06/xmldsig-filter2"
    /// The one that is written; versions before it are read.
    static let properties = "http://uri.etsi.org/01903/v1.3.2#"
    static let allProperties: Set<String> = [
        properties, "http://uri.etsi.org/01903/v1.2.2#", "http://uri.etsi.org/01903/v1.1.1#",
    ]
}

/// What `Type` of a reference may say.
enum ReferenceType {
    static let object = Namespace.signature + "Object"
    static let manifest = Namespace.signature + "Manifest"
    static let signatureProperties = Namespace.signature + "SignatureProperties"
    static let signedProperties = "http://uri.etsi.org/01903#SignedProperties"
    static let allSignedProperties: Set<String> = [
        signedProperties, "http://uri.etsi.org/01903/v1.3.2#SignedProperties",
        "http://uri.etsi.org/01903/v1.2.2#SignedProperties", "http://uri.etsi.org/01903/v1.1.1#SignedProperties",
    ]
    static let countersigned = "http://uri.etsi.org/01903#CountersignedSignature"
}

/// Names of algorithms (XML-DSig 1.1, RFC 9231).
enum AlgorithmName {
    static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    static let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    static let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    static let base64 = "http://www.w3.org/2000/09/xmldsig#base64"
    static let xpath = "http://www.w3.org/TR/1999/REC-xpath-19991116"
    static let pss = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss"

    static let canonicalisations: Set<String> = [
        exclusive, exclusive + "WithComments", inclusive, inclusive + "#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    ]

    static let digests: [String: Digest.Algorithm] = [
        "http://www.w3.org/2001/04/xmldsig-more#md5": .md5,
        "http://www.w3.org/2000/09/xmldsig#sha1": .sha1,
        "http://www.w3.org/2001/04/xmlenc#ripemd160": .ripemd160,
        "http://www.w3.org/2001/04/xmldsig-more#sha224": .sha224,
        "http://www.w3.org/2001/04/xmlenc#sha256": .sha256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384": .sha384,
        "http://www.w3.org/2001/04/xmlenc#sha512": .sha512,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-224": .sha3Of224,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-256": .sha3Of256,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-384": .sha3Of384,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-512": .sha3Of512,
    ]

    static let schemes: [String: SignatureScheme] = {
        var schemes: [String: SignatureScheme] = [
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1": .pkcs1(.sha1),
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1": .dsa(.sha1),
            "http://www.w3.org/2009/xmldsig11#dsa-sha256": .dsa(.sha256),
        ]
        let hashes: [(String, Digest.Algorithm)] = [
            ("md5", .md5), ("sha1", .sha1), ("ripemd160", .ripemd160), ("sha224", .sha224), ("sha256", .sha256),
            ("sha384", .sha384), ("sha512", .sha512),
        ]
        for (name, hash) in hashes {
            schemes["http://www.w3.org/2001/04/xmldsig-more#rsa-\(name)"] = .pkcs1(hash)
            schemes["http://www.w3.org/2001/04/xmldsig-more#ecdsa-\(name)"] = .ecdsa(hash)
            schemes["http://www.w3.org/2007/05/xmldsig-more#ecdsa-\(name)"] = .ecdsa(hash)
            schemes["http://www.w3.org/2007/05/xmldsig-more#\(name)-rsa-MGF1"] = .pss(hash)
        }
        let newer: [(String, Digest.Algorithm)] = [
            ("sha3-224", .sha3Of224), ("sha3-256", .sha3Of256), ("sha3-384", .sha3Of384), ("sha3-512", .sha3Of512),
        ]
        for (name, hash) in newer {
            schemes["http://www.w3.org/2007/05/xmldsig-more#\(name)-rsa-MGF1"] = .pss(hash)
            schemes["http://www.w3.org/2021/04/xmldsig-more#ecdsa-\(name)"] = .ecdsa(hash)
        }
        return schemes
    }()

    /// The name that this module writes for a hash.
    static func name(of digest: Digest.Algorithm) -> String {
        switch digest {
        case .sha384: "http://www.w3.org/2001/04/xmldsig-more#sha384"
        case .sha512: "http://www.w3.org/2001/04/xmlenc#sha512"
        default: "http://www.w3.org/2001/04/xmlenc#sha256"
        }
    }

    /// The name that this module writes for a way of signing.
    static func name(of scheme: SignatureScheme) -> String {
        let hash = scheme.digest.rawValue.lowercased().filter { $0 != "-" }
        return switch scheme {
        case .pss: "http://www.w3.org/2007/05/xmldsig-more#\(hash)-rsa-MGF1"
        case .ecdsa: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-\(hash)"
        default: "http://www.w3.org/2001/04/xmldsig-more#rsa-\(hash)"
        }
    }
}
