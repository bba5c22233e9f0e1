import Foundation
import PAdES
import Testing

/// What other programs make: old and new algorithms, every form of the signature, time stamps.
@Suite(.enabled(if: Tools.has("openssl"), "skipped: openssl is not installed"))
struct ForeignSignatureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var key: [String]
        var options: [String]
        var verdict: SignatureReport.Verdict
        var testDescription: String { self.name }
    }

    static let rsa = ["rsa:2048"]
    static func curve(_ name: String) -> [String] { ["ec", "-pkeyopt", "ec_paramgen_curve:\(name)"] }

    static let cases = [
        Case(name: "RSA SHA-256", key: rsa, options: ["-md", "sha256"], verdict: .valid),
        Case(name: "RSA SHA-512", key: rsa, options: ["-md", "sha512"], verdict: .valid),
        Case(name: "RSA SHA3-256", key: rsa, options: ["-md", "sha3-256"], verdict: .valid),
        Case(name: "RSA SHA-1", key: rsa, options: ["-md", "sha1"], verdict: .validWithWeakAlgorithm),
        Case(name: "RSA MD5", key: rsa, options: ["-md", "md5"], verdict: .invalidPolicy),
        Case(
            name: "RSASSA-PSS", key: rsa, options: ["-md", "sha256", "-keyopt", "rsa_padding_mode:pss"],
            verdict: .valid),
        Case(
            name: "RSASSA-PSS with a short salt", key: rsa,
            options: ["-md", "sha384", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"],
            verdict: .valid),
        Case(name: "no signed attributes", key: rsa, options: ["-md", "sha256", "-noattr"], verdict: .valid),
        Case(name: "key identifier", key: rsa, options: ["-md", "sha256", "-keyid"], verdict: .valid),
        Case(name: "signing-certificate-v2", key: rsa, options: ["-md", "sha256", "-cades"], verdict: .valid),
        Case(name: "content inside", key: rsa, options: ["-md", "sha256", "-nodetach"], verdict: .invalidStructure),
        Case(name: "no certificate", key: rsa, options: ["-md", "sha256", "-nocerts"], verdict: .invalidStructure),
        Case(name: "P-256", key: curve("P-256"), options: ["-md", "sha256"], verdict: .valid),
        Case(name: "P-521", key: curve("P-521"), options: ["-md", "sha512"], verdict: .valid),
        Case(
            name: "brainpoolP256r1", key: curve("brainpoolP256r1"), options: ["-md", "sha256"], verdict: .valid),
    ]

    @Test(arguments: Self.cases)
    func everyAlgorithmAndFormGetsItsVerdict(_ one: Case) throws {
        let identity = try ForeignSignature.Identity(one.key)
        let pdf = try ForeignSignature().signed { try identity.cms($0, one.options) }
        let report = PDFVerifier(roots: []).report(on: pdf)
        #expect(report.verdict == one.verdict, "\(report)")
        // The same with one byte of the page changed.
        var changed = pdf
        changed[try #require(ForeignSignature.place(of: "0 0 1 rg", in: pdf))] = 0x31
        if one.verdict.isGood { #expect(PDFVerifier(roots: []).report(on: changed).verdict == .invalidCryptography) }
    }

    @Test func indefiniteLengthsAreRead() throws {
        let identity = try ForeignSignature.Identity(Self.rsa)
        func streamed(_ der: [UInt8]) -> [UInt8] { [0x30, 0x80] + der.dropFirst(4) + [0, 0] }
        let pdf = try ForeignSignature().signed { streamed(try identity.cms($0, ["-md", "sha256"])) }
        #expect(PDFVerifier(roots: []).report(on: pdf).verdict == .valid)
        let cut = try ForeignSignature().signed { streamed(try identity.cms($0, ["-md", "sha256"]).dropLast(9)) }
        #expect(!PDFVerifier(roots: []).report(on: cut).verdict.isGood)
    }

    @Test func aCrowdOfSignersIsNotJudged() throws {
        let crowd = try (0..<17).map { _ in try ForeignSignature.Identity(Self.curve("P-256")) }
        let others = crowd.dropFirst().flatMap {
            ["-signer", $0.folder.path("certificate.pem"), "-inkey", $0.folder.path("key.pem")]
        }
        var signature = ForeignSignature()
        signature.space = 32_768
        let pdf = try signature.signed { try crowd[0].cms($0, ["-md", "sha256"] + others) }
        #expect(PDFVerifier(roots: []).report(on: pdf).verdict == .noSignature)
    }

    @Test func twoSignersAreNoPAdES() throws {
        let (first, second) = (try ForeignSignature.Identity(Self.rsa), try ForeignSignature.Identity(Self.rsa))
        let pdf = try ForeignSignature().signed {
            try first.cms(
                $0,
                [
                    "-md", "sha256", "-signer", second.folder.path("certificate.pem"), "-inkey",
                    second.folder.path("key.pem"),
                ])
        }
        #expect(PDFVerifier(roots: []).report(on: pdf).verdict == .notPAdES)
    }

    @Test func aCAdESNameWithoutItsAttributesIsNoPAdES() throws {
        let identity = try ForeignSignature.Identity(Self.rsa)
        var place = ForeignSignature()
        place.subFilter = "ETSI.CAdES.detached"
        let bare = try place.signed { try identity.cms($0, ["-md", "sha256"]) }
        #expect(PDFVerifier(roots: []).report(on: bare).verdict == .notPAdES)
        // With signing-certificate-v2 and a signing-time, which the baseline forbids: good, and short of the baseline.
        let cades = PDFVerifier(roots: []).report(on: try place.signed { try identity.cms($0, ["-cades"]) })
        #expect(cades.verdict == .valid && cades.signatures.first?.isBaseline == false)
        #expect(cades.signatures.first?.remarks.contains("signing_time_present") == true)
    }

    @Test func theOldestFormsAreWeak() throws {
        let identity = try ForeignSignature.Identity(Self.rsa)
        var place = ForeignSignature()
        place.subFilter = "adbe.pkcs7.sha1"
        let hashed = try place.signed { data in
            let hash = try Tools.run("openssl", ["dgst", "-sha1", "-binary", try identity.folder.write(data, "whole")])
            return try identity.cms(hash.bytes, ["-md", "sha1", "-nodetach"])
        }
        #expect(PDFVerifier(roots: []).report(on: hashed).verdict == .validWithWeakAlgorithm)

        let text = try String(contentsOfFile: identity.folder.path("certificate.pem"), encoding: .utf8)
        let der = try #require(
            Data(base64Encoded: text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()))
        place.subFilter = "adbe.x509.rsa_sha1"
        place.entries = "/Cert<\(der.map { String(format: "%02x", $0) }.joined())>"
        let bare = try place.signed { data in
            let value = try Tools.run(
                "openssl",
                [
                    "dgst", "-sha1", "-sign", identity.folder.path("key.pem"),
                    try identity.folder.write(data, "whole"),
                ])
            return [0x04, 0x82, UInt8(value.bytes.count >> 8), UInt8(value.bytes.count & 255)] + value.bytes
        }
        #expect(PDFVerifier(roots: []).report(on: bare).verdict == .validWithWeakAlgorithm)
    }

    @Test func aFieldThatIsNotFilledIsNotSigned() throws {
        let empty = try ForeignSignature().signed { _ in [] }
        #expect(PDFVerifier(roots: []).report(on: empty).verdict == .noSignature)
        let garbage = try ForeignSignature().signed { _ in Array("no signature".utf8) }
        #expect(PDFVerifier(roots: []).report(on: garbage).verdict == .noSignature)
    }

    @Test func aDocumentTimeStampIsJudgedByItsImprint() throws {
        let authority = try TimeStampAuthority()
        var place = ForeignSignature()
        place.subFilter = "ETSI.RFC3161"
        let stamped = try place.signed { try authority.stamp($0) }
        let report = PDFVerifier(roots: []).report(on: stamped)
        #expect(report.verdict == .valid, "\(report)")
        let signature = try #require(report.signatures.first)
        #expect(signature.kind == .documentTimeStamp)
        let token = try #require(signature.documentTimeStamp)
        #expect(token.imprintAlgorithm == "SHA-256" && token.policy == "1.2.3.4.1" && token.certificates.count == 1)
        #expect(abs(token.time.secondsSince1970 - Int64(Date().timeIntervalSince1970)) < 600)

        // A good token over something else, and a token whose authority did not say this.
        let copied = try place.signed { _ in try authority.stamp(Array("another document".utf8)) }
        #expect(PDFVerifier(roots: []).report(on: copied).verdict == .modified)
        var forged = try authority.stamp(Array("x".utf8))
        forged[forged.count - 1] ^= 1
        #expect(try TimeStampToken(forged).problems == ["signature_wrong"])
    }
}

/// `openssl ts` with a certificate of its own.
struct TimeStampAuthority {
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
        let configuration = """
            [req]
            distinguished_name=name
            x509_extensions=stamping
            prompt=no
            [name]
            C=VN
            CN=Dau thoi gian
            [stamping]
            keyUsage=critical,digitalSignature
            extendedKeyUsage=critical,timeStamping
            [tsa]
            default_tsa=one
            [one]
            serial=\(self.folder.path("serial"))
            signer_digest=sha256
            default_policy=1.2.3.4.1
            digests=sha256
            ess_cert_id_chain=no
            ess_cert_id_alg=sha256
            """
        try self.folder.write(Array(configuration.utf8), "tsa.cnf")
        try self.folder.write(Array("01".utf8), "serial")
        try self.run(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-config", self.folder.path("tsa.cnf"),
            "-keyout", self.folder.path("key.pem"), "-out", self.folder.path("certificate.pem"))
    }

    private func run(_ arguments: String...) throws {
        let output = try Tools.run("openssl", arguments)
        try #require(output.status == 0, "\(output.text)")
    }

    /// A token over the data.
    func stamp(_ data: [UInt8]) throws -> [UInt8] {
        let input = try self.folder.write(data, "data")
        try self.run("ts", "-query", "-data", input, "-sha256", "-cert", "-out", self.folder.path("query"))
        try self.run(
            "ts", "-reply", "-config", self.folder.path("tsa.cnf"), "-section", "one", "-queryfile",
            self.folder.path("query"), "-inkey", self.folder.path("key.pem"), "-signer",
            self.folder.path("certificate.pem"), "-token_out", "-out", self.folder.path("token"))
        return try self.folder.read("token")
    }
}
