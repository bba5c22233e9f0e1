import PAdES
import Signatures
import Testing

struct CertificateAuthorityTests {
    @Test(arguments: [KeyPair.Kind.p384, .rsa(bits: 3_072)], [KeyPair.Kind.p256, .p384, .rsa(bits: 2_048)])
    func opensslBuildsThePathToTheRoot(authority kind: KeyPair.Kind, person: KeyPair.Kind) throws {
        let authority = try CryptoFixtures.authority(kind)
        let key = try KeyPair.generate(person)
        let certificate = try authority.issue(
            CryptoFixtures.person, publicKey: try key.publicKey(), validity: CryptoFixtures.validity)
        #expect(try key.belongs(to: certificate))
        let root = try #require(authority.issuers.last)
        let verdict = try CryptoFixtures.openssl(
            ["verify", "-x509_strict", "-CAfile", "root", "-untrusted", "issuer", "person"],
            files: [
                "root": CryptoFixtures.pem(root), "issuer": CryptoFixtures.pem(authority.certificate),
                "person": certificate,
            ])
        #expect(verdict.status == 0, "\(verdict.text)")
    }

    @Test func aCertificateSaysWhoSignsAndForWhat() throws {
        let authority = try CryptoFixtures.authority(.p384)
        let key = try KeyPair.generate()
        let certificate = try authority.issue(
            CryptoFixtures.person, publicKey: try key.publicKey(), validity: CryptoFixtures.validity)
        let text = try CryptoFixtures.openssl(
            ["x509", "-in", "person", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus"],
            files: ["person": certificate]
        ).text
        for part in [
            "CN=Nguyễn Văn An", "title=Giám đốc", "O=Bưu điện thành phố Hà Nội", "OU=Ban Giám đốc", "C=VN",
            "Digital Signature, Non Repudiation", "1.3.6.1.5.5.7.3.36", "CA:FALSE", "Subject Key Identifier",
            "Authority Key Identifier", "URI:http://ca.example.vn/crl/issuing.crl",
            "OCSP - URI:http://ca.example.vn/ocsp",
            "CA Issuers - URI:http://ca.example.vn/issuing.cer",
        ] {
            #expect(text.contains(part), "\(part) missing in \(text)")
        }
    }

    @Test func everySerialNumberIsAnother() throws {
        let authority = try CryptoFixtures.authority(.p256)
        let key = try KeyPair.generate().publicKey()
        let certificates = try (0..<20).map { _ in
            try authority.issue(CryptoFixtures.person, publicKey: key, validity: CryptoFixtures.validity)
        }
        #expect(Set(certificates).count == 20)
    }

    @Test func anAuthorityIsRestoredFromItsKeyAndCertificate() throws {
        let authority = try CryptoFixtures.authority(.p256)
        let key = try KeyPair.generate(.p384)
        let below = try CertificateAuthority.root(
            DistinguishedName(commonName: "Root"), key: key, validity: CryptoFixtures.validity)
        let restored = try CertificateAuthority(
            certificate: below.certificate, key: try KeyPair(pkcs8: try key.pkcs8()))
        #expect(restored.certificate == below.certificate)
        #expect(throws: SoftKeyError.unacceptable("key of another certificate")) {
            try CertificateAuthority(certificate: authority.certificate, key: key)
        }
    }

    @Test func anAddressCantSmuggleAnExtension() throws {
        var authority = try CryptoFixtures.authority(.p256)
        authority.addresses.revocationList = "http://a.vn/x,URI:http://evil"
        let key = try KeyPair.generate().publicKey()
        #expect(throws: SoftKeyError.unacceptable("URL")) {
            try authority.issue(CryptoFixtures.person, publicKey: key, validity: CryptoFixtures.validity)
        }
    }

    @Test func aSubjectThatDoesNotFitIsRefused() throws {
        let authority = try CryptoFixtures.authority(.p256)
        let key = try KeyPair.generate().publicKey()
        for name in ["", String(repeating: "ộ", count: 65), "a\u{0}b"] {
            #expect(throws: SoftKeyError.unacceptable("subject")) {
                try authority.issue(
                    DistinguishedName(commonName: name), publicKey: key, validity: CryptoFixtures.validity)
            }
        }
    }

    @Test func aSmallRSAKeyIsNotMade() {
        #expect(throws: SoftKeyError.unacceptable("RSA key size")) { try KeyPair.generate(.rsa(bits: 1_024)) }
    }
}
