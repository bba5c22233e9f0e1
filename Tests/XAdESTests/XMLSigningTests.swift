import Foundation
import PAdES
import Testing
import XAdES

@Suite struct XMLSigningTests {
    @Test(arguments: [TestPKI.Key.p256, .p384, .rsa2048], [XMLSigningRequest.Form.xades, .xmlDSig])
    func aSignedDocumentIsValidForUsAndForXMLSec(key: TestPKI.Key, form: XMLSigningRequest.Form) throws {
        let signed = try Messages.signed(.document(Messages.message), form, key: key)
        let report = try Messages.verifier().verify(signed)
        #expect(report.verdict == .validFull && report.isValidAndTrusted, "\(report)")
        let signature = try #require(report.signatures.first)
        #expect(signature.level == (form == .xades ? "XAdES-B-B" : "XML-DSig"))
        #expect(signature.covered == [.init(.document)])
        #expect(signature.signerName == "Nguyễn Văn An" && signature.signerTitle == "Giám đốc")
        #expect(signature.claimedTime == (form == .xades ? Messages.time : nil))
        try XMLSec.accept(signed)
    }

    @Test func theDocumentsOwnBytesStayAsTheyAre() throws {
        let text = Messages.text(try Messages.signed())
        let start = try #require(text.range(of: "<ds:Signature")?.lowerBound)
        let end = try #require(text.range(of: "</ds:Signature>")?.upperBound)
        #expect(Array((text[..<start] + text[end...]).utf8) == Messages.message)
    }

    @Test func aMessageIsSignedInItsHeader() throws {
        let signed = try Messages.signed(.document(Messages.message, parent: "edXMLHeader"), .xmlDSig, key: .rsa2048)
        #expect(Messages.text(signed).contains("</ds:Signature></edXML:edXMLHeader>"))
        #expect(try Messages.verifier().verify(signed).verdict == .validFull)
        try XMLSec.accept(signed)
    }

    @Test(arguments: [TestPKI.Key.p256, .rsa2048])
    func enclosedBytesAreSigned(key: TestPKI.Key) throws {
        let content = Array("một tệp bất kỳ\u{0} \r\n".utf8)
        let signed = try Messages.signed(.enclosed(content, mimeType: "application/octet-stream"), key: key)
        let report = try Messages.verifier().verify(signed)
        #expect(report.verdict == .valid && report.isValidAndTrusted, "\(report)")
        #expect(report.signatures.first?.covered == [.init(.element, "/Signature/Object[2]")])
        try XMLSec.accept(signed)
    }

    @Test func aFileBesideTheSignatureIsSignedByItsName() throws {
        let file = DetachedContent(Array("số 01/BĐHN-VP".utf8))
        let signed = try Messages.signed(.file(file, name: "Công văn 01.txt", mimeType: "text/plain"))
        #expect(try Messages.verifier(["Công văn 01.txt": file]).verify(signed).verdict == .valid)
        let other = DetachedContent(Array("số 02/BĐHN-VP".utf8))
        #expect(try Messages.verifier(["Công văn 01.txt": other]).verify(signed).verdict == .invalid)
        let missing = try Messages.verifier().verify(signed)
        #expect(missing.verdict == .indeterminate && missing.reasons == ["signed_data_not_found"])
    }

    @Test func aTimeStampMakesItOneOfLevelT() throws {
        let prepared = try Messages.prepared()
        let value = try TestPKI.shared.get().sign(prepared.signedInfo, .p256, prepared.algorithm)
        let token = try StampAuthority.stamp(prepared.stamped(value))
        let signed = try prepared.completed(with: value, timeStamp: token)
        let report = try Messages.verifier().verify(signed)
        #expect(report.verdict == .validFull && report.signatures.first?.level == "XAdES-B-T", "\(report)")
        #expect(report.signatures.first?.timeStamps.first?.time == token.time)
        try XMLSec.accept(signed)
        // A token of something else is not put in, and found out where somebody did.
        let other = try StampAuthority.stamp([1, 2, 3])
        #expect(throws: XAdESError.timeStampUnusable) { try prepared.completed(with: value, timeStamp: other) }
        let copied = Messages.text(signed).replacingOccurrences(
            of: Data(token.der).base64EncodedString(), with: Data(other.der).base64EncodedString())
        #expect(try Messages.verify(copied).verdict == .badTimeStamp)
        let bare = try Messages.prepared(.document(Messages.message), .xmlDSig)
        let bareValue = try TestPKI.shared.get().sign(bare.signedInfo, .p256, bare.algorithm)
        #expect(throws: XAdESError.timeStampUnusable) {
            try bare.completed(with: bareValue, timeStamp: StampAuthority.stamp(bare.stamped(bareValue)))
        }
    }

    @Test func pssIsMadeWhereItIsAskedFor() throws {
        let signed = try Messages.signed(key: .rsa2048, algorithm: .rsaPSSWithSHA384)
        let report = try Messages.verifier().verify(signed)
        #expect(report.verdict == .validFull && report.signatures.first?.algorithm == "RSASSA-PSS SHA-384")
    }

    @Test func ellipticValuesMayComeInEitherForm() throws {
        let prepared = try Messages.prepared()
        let der = try TestPKI.shared.get().sign(prepared.signedInfo, .p256, prepared.algorithm)
        let signed = try prepared.completed(with: der)
        let text = Messages.text(signed)
        let start = try #require(text.range(of: "<ds:SignatureValue>")?.upperBound)
        let end = try #require(text.range(of: "</ds:SignatureValue>")?.lowerBound)
        let raw = try #require(Data(base64Encoded: String(text[start..<end])))
        #expect(raw.count == 64)
        #expect(try prepared.completed(with: [UInt8](raw)) == signed)
    }

    @Test func aPreparedSignatureSurvivesARestart() throws {
        let prepared = try Messages.prepared()
        let value = try TestPKI.shared.get().sign(prepared.signedInfo, .p256, prepared.algorithm)
        let restored = try JSONDecoder().decode(PreparedXMLSignature.self, from: try JSONEncoder().encode(prepared))
        #expect(try restored.completed(with: value) == prepared.completed(with: value))
        #expect(try Messages.prepared() == prepared)
    }

    @Test func aValueOfAnotherKeyIsRefused() throws {
        let prepared = try Messages.prepared()
        let pki = try TestPKI.shared.get()
        #expect(throws: XAdESError.signatureDoesNotVerify) {
            try prepared.completed(with: try pki.sign(prepared.signedInfo, .p384, .ecdsaWithSHA256))
        }
        #expect(throws: XAdESError.signatureDoesNotVerify) { try prepared.completed(with: []) }
    }

    @Test func whatCantBeSignedSaysWhy() throws {
        func refusal(_ text: String, parent: String? = nil) -> XAdESError? {
            do {
                _ = try Messages.prepared(.document(Array(text.utf8), parent: parent))
                return nil
            } catch {
                return error as? XAdESError
            }
        }
        #expect(refusal("<a>") == .malformed)
        #expect(refusal("<!DOCTYPE a><a></a>") == .hasDTD)
        #expect(refusal("<?xml version='1.0' encoding='ISO-8859-1'?><a></a>") == .notUTF8)
        #expect(refusal("<a><b></b><b></b></a>", parent: "b") == .noSuchPlace)
        #expect(refusal("<a><!-- </b> --><b></b></a>", parent: "b") == .noSuchPlace)
        #expect(refusal("<a/>") == .noSuchPlace)
        #expect(refusal(Messages.text(try Messages.signed())) == .alreadySigned)
        #expect(throws: XAdESError.certificateUnsuitable("RSA key below 2048 bits")) {
            try Messages.prepared(key: .rsa1024)
        }
    }

    @Test func whatXMLSecSignsIsAccepted() throws {
        guard Tools.has("xmlsec1") else { return }
        let pki = try TestPKI.shared.get()
        let folder = try TemporaryFolder()
        let template = """
            <bao-cao><so>01</so><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod \
            Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><SignatureMethod \
            Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms><Transform \
            Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod \
            Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><DigestValue/></Reference></SignedInfo><SignatureValue/>\
            <KeyInfo><X509Data/></KeyInfo></Signature></bao-cao>
            """
        let key = pki.folder.path("rsa2048.key") + "," + pki.folder.path("rsa2048.pem")
        let signed = folder.path("signed.xml")
        let output = try Tools.run(
            "xmlsec1",
            [
                "--sign", "--privkey-pem", key, "--output", signed,
                try folder.write(Array(template.utf8), "template.xml"),
            ])
        try #require(output.status == 0, "xmlsec1: \(output.text)")
        let report = XMLVerifier(roots: [pki.root], intermediates: [pki.issuer]).verify(try folder.read("signed.xml"))
        #expect(report.verdict == .validFull && report.isValidAndTrusted, "\(report)")
    }
}
