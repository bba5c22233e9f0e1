import PAdES
import Signatures
import Testing

/// The soft key and the internal authority at work on a document.
struct DocumentSigningTests {
    private static let pdf: [UInt8] = {
        let bodies = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
        ]
        var output = "%PDF-1.7\n"
        var table = "xref\n0 4\n0000000000 65535 f \n"
        for (index, body) in bodies.enumerated() {
            let offset = String(output.utf8.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            output += "\(index + 1) 0 obj\n\(body)\nendobj\n"
        }
        let start = output.utf8.count
        return Array("\(output)\(table)trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8)
    }()

    @Test(arguments: [KeyPair.Kind.p256, .p384, .rsa(bits: 2_048)])
    func aKeyOpenedWithItsPINSignsADocument(kind: KeyPair.Kind) throws {
        let authority = try CryptoFixtures.authority(.p384)
        let key = try KeyPair.generate(kind)
        let certificate = try authority.issue(
            CryptoFixtures.person, publicKey: try key.publicKey(), validity: CryptoFixtures.validity)
        let pin = SecretBytes(text: "mật khẩu dài")
        let stored = try SoftKey.wrap(
            key, pin: pin, secret: CryptoFixtures.secret, binding: CryptoFixtures.binding, cost: CryptoFixtures.cost)

        let time = SigningTime(secondsSince1970: CryptoFixtures.start + 86_400)
        let prepared = try PreparedSignature.prepare(
            Self.pdf,
            SigningRequest(
                purpose: .signer,
                place: .new("vanthu.signer", page: 0, PDFRectangle(x: 300, y: 100, width: 128, height: 57)),
                certificate: certificate, chain: [authority.certificate], time: time,
                appearance: .signatureText(name: "Nguyễn Văn An", time: time)))
        let opened = try SoftKey.unwrap(
            try WrappedKey(encoded: stored.encoded), pin: pin, secret: CryptoFixtures.secret,
            binding: CryptoFixtures.binding)
        let byData = try opened.sign(prepared.signedAttributes, prepared.algorithm)
        let byDigest = try opened.sign(digest: prepared.digest, prepared.algorithm)
        var verifier = PDFVerifier(roots: [try #require(authority.issuers.last)])
        verifier.time = time
        for value in [byData, byDigest] {
            let report = try verifier.verify(try prepared.completed(over: Self.pdf, with: value))
            #expect(report.isValidAndTrusted, "\(report)")
            #expect(report.signatures[0].signerTitle == "Giám đốc")
        }
    }
}
