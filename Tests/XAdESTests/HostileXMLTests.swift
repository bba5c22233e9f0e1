import Foundation
import PAdES
import Testing
import XAdES

@Suite struct HostileXMLTests {
    private func verdict(_ text: String) throws -> (AdESVerdict, [String]) {
        let report = try Messages.verify(text)
        return (report.verdict, report.reasons)
    }

    @Test func aDocumentTypeIsRefusedBeforeAnythingElse() throws {
        let signed = Messages.text(try Messages.signed()).replacing(/<\?xml[^>]*>/, with: "")
        var laughs = "<!DOCTYPE l [<!ENTITY l0 \"ha\">"
        for level in 1...12 {
            laughs += "<!ENTITY l\(level) \"" + String(repeating: "&l\(level - 1);", count: 10) + "\">"
        }
        for type in [
            "<!DOCTYPE edXML>", "<!DOCTYPE edXML SYSTEM \"file:///etc/passwd\">",
            "<!DOCTYPE edXML [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE edXML [<!ATTLIST so Id ID \"so\">]>",
            "<!DOCTYPE edXML SYSTEM \"http://127.0.0.1:9/x.dtd\" [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/p\"> %p;]>",
            laughs + "]>",
        ] {
            let (verdict, reasons) = try self.verdict(type + signed)
            #expect(verdict == .refused && reasons == ["dtd_refused"], "\(type.prefix(60))")
        }
        // In another encoding it is the same thing.
        let utf16 = try #require(("<!DOCTYPE edXML>" + signed).data(using: .utf16))
        #expect(try Messages.verifier().verify([UInt8](utf16)).reasons == ["dtd_refused"])
    }

    @Test func depthBreadthAndSizeAreBounded() throws {
        let deep = String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
        #expect(try self.verdict(deep) == (.refused, ["xml_too_complex"]))
        let many = "<r>" + String(repeating: "<a/>", count: 600_000) + "</r>"
        #expect(try self.verdict(many) == (.refused, ["xml_too_complex"]))
        let wide = "<r " + (0..<200_000).map { "a\($0)='>'" }.joined(separator: " ") + "/>"
        #expect(try self.verdict(wide) == (.refused, ["xml_too_complex"]))
        let spaces = String(repeating: "<a", count: 150)
        let nested = (0..<150).map { level in
            "<a " + (0..<100).map { "xmlns:p\(level)x\($0)='u'" }.joined(separator: " ") + ">"
        }.joined()
        #expect(spaces.count == 300)
        let closing = String(repeating: "<b/>", count: 5_000) + String(repeating: "</a>", count: 150)
        #expect(try self.verdict(nested + closing) == (.refused, ["xml_too_complex"]))
        let signatures = String(
            repeating: "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>", count: 200)
        #expect(try self.verdict("<r>\(signatures)</r>") == (.refused, ["too_many_signatures"]))
    }

    @Test func thousandsOfReferencesToTheWholeEndInTime() throws {
        let text = Messages.text(try Messages.signed())
        let reference = try #require(text.firstMatch(of: /<ds:Reference .*?<\/ds:Reference>/)).0
        let filler = "<x>" + String(repeating: "<y>chữ</y>", count: 40_000) + "</x>"
        let many = text.replacingOccurrences(of: reference, with: String(repeating: String(reference), count: 5_000))
            .replacingOccurrences(of: "<edXML:edXMLEnvelope>", with: "<edXML:edXMLEnvelope>" + filler)
        #expect(!(try Messages.verify(many).isValid))
    }

    @Test func manifestsThatNameEachOtherEnd() throws {
        let manifest = { (own: String, other: String) in
            """
            <ds:Object><ds:Manifest Id="\(own)"><ds:Reference URI="#\(other)"><ds:DigestMethod \
            Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>\
            </ds:Manifest></ds:Object>
            """
        }
        let text = Messages.text(try Messages.signed())
        let circle = text.replacingOccurrences(of: "URI=\"\"", with: "URI=\"#a\"").replacingOccurrences(
            of: "</ds:Signature>", with: manifest("a", "b") + manifest("b", "a") + "</ds:Signature>")
        #expect(try Messages.verify(circle).verdict == .invalid)
    }

    @Test(arguments: [
        "", "<", "<a>", "xin chào", "<a xmlns:x='u'><y:b/></a>", "\u{0}", "<a>&x;</a>", "<?xml version='1.0'",
    ])
    func whatIsNoXMLIsAnError(text: String) throws {
        #expect(try self.verdict(text) == (.error, ["malformed_xml"]))
    }

    @Test func aDocumentWithoutASignatureHasNone() throws {
        #expect(try self.verdict("<a Id='x'>chữ</a>").0 == .noSignature)
    }

    /// Every byte of what is signed, SignedInfo, properties and value included.
    @Test func noByteOfWhatIsSignedCanBeChanged() throws {
        let signed = try Messages.signed()
        let text = Messages.text(signed)
        let skipped = try #require(text.firstMatch(of: /<\?xml[^>]*>\n/)).0.utf8.count
        let end = try #require(text.range(of: "<!-- end -->")).lowerBound.utf16Offset(in: text)
        let last = text.prefix(end).utf8.count
        let comment = try #require(text.range(of: "<!-- from, to -->"))
        let commentBytes = text[..<comment.lowerBound].utf8.count..<text[..<comment.upperBound].utf8.count
        let keyInfo = try #require(text.firstMatch(of: /<ds:KeyInfo>.*<\/ds:KeyInfo>/)?.range)
        let keyBytes = text[..<keyInfo.lowerBound].utf8.count..<text[..<keyInfo.upperBound].utf8.count
        let verifier = try Messages.verifier()
        for position in skipped..<last {
            // Comments and certificates beside the signer's are not signed.
            if commentBytes.contains(position) || keyBytes.contains(position) { continue }
            for mask: UInt8 in [0x01, 0x20, 0x80] {
                var changed = signed
                changed[position] ^= mask
                let report = verifier.verify(changed)
                if report.isValid {
                    Issue.record("\(position) ^ \(mask): \(Messages.text(Array(signed[(position - 9)...].prefix(20))))")
                }
            }
        }
    }
}
