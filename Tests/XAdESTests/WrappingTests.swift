import Foundation
import PAdES
import Testing
import XAdES

/// Signature wrapping and its relatives, made from a good document: what is signed stays as it was, what is read is something else.
@Suite struct WrappingTests {
    /// A document of which `<so Id="so">` alone is signed by reference, as old programs do.
    private static func partlySigned() throws -> String {
        guard Tools.has("xmlsec1") else { return "" }
        let pki = try TestPKI.shared.get()
        let folder = try TemporaryFolder()
        let template = """
            <bao-cao><so Id="so">01</so><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s"><ds:SignedInfo>\
            <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod \
            Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#so"><ds:Transforms>\
            <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod \
            Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>\
            <ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature></bao-cao>
            """
        let output = try Tools.run(
            "xmlsec1",
            [
                "--sign", "--id-attr:Id", "so", "--privkey-pem",
                pki.folder.path("rsa2048.key") + "," + pki.folder.path("rsa2048.pem"), "--output",
                folder.path("signed.xml"), try folder.write(Array(template.utf8), "template.xml"),
            ])
        try #require(output.status == 0, "xmlsec1: \(output.text)")
        return Messages.text(try folder.read("signed.xml"))
    }

    private static func parts(_ text: String) throws -> (before: String, signature: String, after: String) {
        let start = try #require(text.range(of: "<ds:Signature ")?.lowerBound)
        let end = try #require(text.range(of: "</ds:Signature>")?.upperBound)
        return (String(text[..<start]), String(text[start..<end]), String(text[end...]))
    }

    @Test func aPartThatIsSignedIsNotTheDocument() throws {
        let text = try Self.partlySigned()
        guard !text.isEmpty else { return }
        let report = try Messages.verify(text)
        #expect(report.verdict == .validPartial && !report.isValid)
        #expect(report.signatures.first?.covered == [.init(.element, "/bao-cao/so")])
    }

    @Test func aSignedElementThatMovedIsShownWhereItIs() throws {
        let text = try Self.partlySigned()
        guard !text.isEmpty else { return }
        let moved = text.replacingOccurrences(
            of: "<so Id=\"so\">01</so>", with: "<so>02</so><cu><so Id=\"so\">01</so></cu>")
        let report = try Messages.verify(moved)
        #expect(report.verdict == .validPartial && !report.isValid)
        #expect(report.signatures.first?.covered == [.init(.element, "/bao-cao/cu/so")])
        // Into the signature itself, where nobody looks.
        let hidden = try Messages.verify(
            text.replacingOccurrences(of: "<so Id=\"so\">01</so>", with: "<so>02</so>").replacingOccurrences(
                of: "</ds:Signature>", with: "<ds:Object><so Id=\"so\">01</so></ds:Object></ds:Signature>"))
        #expect(!hidden.isValid)
    }

    @Test(arguments: ["Id", "ID", "id", "xml:id"])
    func twoElementsWithOneIdentifierAreRefused(attribute: String) throws {
        let text = try Self.partlySigned()
        guard !text.isEmpty else { return }
        let doubled = text.replacingOccurrences(of: "<bao-cao>", with: "<bao-cao><so \(attribute)=\"so\">02</so>")
        let report = try Messages.verify(doubled)
        #expect(report.verdict == .invalidFormat && report.reasons.first == "duplicate_id", "\(report)")
    }

    @Test func aRootPutAroundASignedDocumentBreaksIt() throws {
        let text = Messages.text(try Messages.signed())
        let start = try #require(text.range(of: "<edXML ")?.lowerBound)
        let wrapped = "<gia><so>02</so>" + text[start...] + "</gia>"
        #expect(try Messages.verify(wrapped).verdict == .invalid)
    }

    @Test func signedPropertiesOfAnotherPlaceAreNotTheSignatures() throws {
        let text = Messages.text(try Messages.signed())
        let start = try #require(text.range(of: "<xades:SignedProperties")?.lowerBound)
        let end = try #require(text.range(of: "</xades:SignedProperties>")?.upperBound)
        let real = String(text[start..<end])
        let identifier = try #require(real.firstMatch(of: /Id="([^"]+)"/)?.1)
        let fake = real.replacingOccurrences(of: "Id=\"\(identifier)\"", with: "Id=\"gia\"").replacingOccurrences(
            of: "2026-", with: "2020-")
        let space = " xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\""
        let kept = real.replacingOccurrences(of: "<xades:SignedProperties", with: "<xades:SignedProperties" + space)
        let wrapped = text.replacingOccurrences(of: real, with: fake).replacingOccurrences(
            of: "</ds:Signature>", with: "<ds:Object>\(kept)</ds:Object></ds:Signature>")
        let report = try Messages.verify(wrapped)
        #expect(report.verdict == .indeterminate && report.reasons.first == "signed_properties_not_found", "\(report)")
        // The same, with both in the one QualifyingProperties, and with two of these.
        #expect(!(try Messages.verify(text.replacingOccurrences(of: real, with: fake + real)).isValid))
        let properties = try #require(
            text.firstMatch(of: /<xades:QualifyingProperties.*<\/xades:QualifyingProperties>/)
        ).0
        let two = try Messages.verify(
            text.replacingOccurrences(
                of: properties, with: properties.replacingOccurrences(of: real, with: fake) + properties))
        #expect(two.verdict == .invalidFormat && two.reasons.first == "several_qualifying_properties")
    }

    @Test func propertiesOfAnotherSignatureAreRefused() throws {
        let text = Messages.text(try Messages.signed())
        let target = try #require(text.firstMatch(of: /Target="#[^"]+"/)).0
        let report = try Messages.verify(text.replacingOccurrences(of: target, with: "Target=\"#khac\""))
        #expect(report.verdict == .invalidFormat && report.reasons == ["target_mismatch"])
    }

    @Test func unsignedObjectsInASignatureAreNoticed() throws {
        let text = Messages.text(try Messages.signed())
        let report = try Messages.verify(
            text.replacingOccurrences(of: "</ds:Signature>", with: "<ds:Object><so>02</so></ds:Object></ds:Signature>"))
        #expect(report.verdict == .validPartial && report.reasons == ["unsigned_object"])
        let enclosed = Messages.text(try Messages.signed(.enclosed([1, 2, 3], mimeType: "application/octet-stream")))
        let object = try #require(enclosed.firstMatch(of: /<ds:Object Id=.*<\/ds:Object>/)).0
        let moved = enclosed.replacingOccurrences(
            of: object, with: "<ds:Object>gia</ds:Object><ds:Object><x>\(object)</x></ds:Object>")
        let misplaced = try Messages.verify(moved)
        #expect(misplaced.verdict == .indeterminate && misplaced.reasons.first == "signed_data_misplaced")
    }

    @Test func aCommentThatSplitsATextIsNotPassedOver() throws {
        let text = Messages.text(try Messages.signed())
        let split = try Messages.verify(text.replacingOccurrences(of: "1.000.000", with: "1.000<!-- -->.000"))
        #expect(split.verdict == .indeterminate && split.reasons == ["comment_splits_text"])
        // In a value that is read out of the signature a comment has no business at all.
        let value = try #require(text.firstMatch(of: /<ds:DigestValue>/)).0
        #expect(try Messages.verify(text.replacingOccurrences(of: value, with: value + "<!-- -->")).verdict == .invalid)
    }

    @Test(
        arguments: [
            "http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116",
            "http://www.w3.org/2002/06/xmldsig-filter2", "http://www.w3.org/2001/04/xmldsig-more/xptr",
            "http://schemas.openxmlformats.org/package/2006/RelationshipTransform",
        ])
    func programsThatComeWithTheDocumentAreNotRun(transform: String) throws {
        let text = Messages.text(try Messages.signed())
        let program = """
            <ds:Transform Algorithm="\(transform)"><ds:XPath>1=1</ds:XPath><xsl:stylesheet version="1.0" \
            xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:copy-of \
            select="document('file:///etc/hostname')"/></xsl:template></xsl:stylesheet></ds:Transform>
            """
        let report = try Messages.verify(
            text.replacingOccurrences(of: "<ds:Transforms>", with: "<ds:Transforms>" + program))
        #expect(!report.isValid && report.signatures.first?.reasons.contains("transform_refused") == true, "\(report)")
    }

    @Test func algorithmsWithoutAKeyOfTheSignersAreNotAccepted() throws {
        let text = Messages.text(try Messages.signed())
        let method = try #require(text.firstMatch(of: /<ds:SignatureMethod Algorithm="[^"]+"/)).0
        let report = try Messages.verify(
            text.replacingOccurrences(
                of: method, with: "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\""))
        #expect(!report.isValid && report.signatures.first?.reasons.contains("algorithm_unsupported") == true)
        // A bare key says nothing about a person.
        let keyInfo = try #require(text.firstMatch(of: /<ds:KeyInfo>.*<\/ds:KeyInfo>/)).0
        let bare = try Messages.verify(text.replacingOccurrences(of: keyInfo, with: "<ds:KeyInfo/>"))
        #expect(bare.verdict == .indeterminate && bare.reasons == ["signer_certificate_missing"])
    }

    @Test func signaturesAndSignedInfosComeOnce() throws {
        let text = Messages.text(try Messages.signed())
        let (before, signature, after) = try Self.parts(text)
        #expect(!(try Messages.verify(before + signature + signature + after).isValid))
        let info = try #require(signature.firstMatch(of: /<ds:SignedInfo>.*<\/ds:SignedInfo>/)).0
        let doubled = signature.replacingOccurrences(of: info, with: info + info)
        let report = try Messages.verify(before + doubled + after)
        #expect(report.verdict == .invalidFormat && report.reasons == ["signature_malformed"])
    }
}
