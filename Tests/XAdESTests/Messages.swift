import Foundation
import PAdES
import Testing
import XAdES

/// Documents to be signed, and signatures over them made in two steps.
enum Messages {
    /// Not without an accent, a namespace, a comment and a text that looks like markup.
    static let message = Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <edXML xmlns="urn:axis" xmlns:edXML="urn:axis:part"><edXML:edXMLEnvelope><edXML:edXMLHeader><edXML:MessageHeader>\
        <!-- from, to --><edXML:From Id="from">Bưu điện thành phố Hà Nội</edXML:From><edXML:Subject>V/v &lt;báo cáo&gt; quý IV\
        </edXML:Subject></edXML:MessageHeader></edXML:edXMLHeader><edXML:edXMLBody Id="body"><edXML:Amount>1.000.000\
        </edXML:Amount></edXML:edXMLBody></edXML:edXMLEnvelope></edXML>
        <!-- end -->

        """.utf8)

    static let time = SigningTime(secondsSince1970: 1_795_000_000)

    static func prepared(
        _ subject: XMLSigningRequest.Subject = .document(message), _ form: XMLSigningRequest.Form = .xades,
        key: TestPKI.Key = .p256, algorithm: SignatureAlgorithm? = nil
    ) throws -> PreparedXMLSignature {
        let pki = try TestPKI.shared.get()
        return try PreparedXMLSignature.prepare(
            XMLSigningRequest(
                subject: subject, form: form, certificate: try pki.certificate(key), chain: [pki.issuer],
                algorithm: algorithm, time: Self.time))
    }

    static func signed(
        _ subject: XMLSigningRequest.Subject = .document(message), _ form: XMLSigningRequest.Form = .xades,
        key: TestPKI.Key = .p256, algorithm: SignatureAlgorithm? = nil
    ) throws -> [UInt8] {
        let prepared = try Self.prepared(subject, form, key: key, algorithm: algorithm)
        let value = try TestPKI.shared.get().sign(prepared.signedInfo, key, prepared.algorithm)
        return try prepared.completed(with: value)
    }

    static func verifier(_ contents: [String: DetachedContent] = [:]) throws -> XMLVerifier {
        XMLVerifier(roots: [try TestPKI.shared.get().root], contents: contents)
    }

    static func verify(_ text: String) throws -> AdESReport { try Self.verifier().verify(Array(text.utf8)) }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// xmlsec1's command as a judge that shares with us only the canonical forms.
enum XMLSec {
    static func accept(_ document: [UInt8], location: SourceLocation = #_sourceLocation) throws {
        guard Tools.has("xmlsec1") else { return }
        let pki = try TestPKI.shared.get()
        let folder = try TemporaryFolder()
        let output = try Tools.run(
            "xmlsec1",
            [
                "--verify", "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "--id-attr:Id",
                "http://www.w3.org/2000/09/xmldsig#:Object", "--trusted-der", try folder.write(pki.root, "root.der"),
                "--untrusted-der", try folder.write(pki.issuer, "issuer.der"), try folder.write(document, "signed.xml"),
            ])
        #expect(output.status == 0, "xmlsec1: \(output.text)", sourceLocation: location)
    }
}
