import Foundation
import PAdES
import Testing

@Suite struct CAdESTests {
    private static let content = Array("Báo cáo quý IV năm 2026\r\n".utf8)
    private static let time = SigningTime(secondsSince1970: 1_795_000_000)

    private static func prepared(
        _ content: DetachedContent = DetachedContent(content), key: TestPKI.Key = .p256,
        algorithm: SignatureAlgorithm? = nil
    ) throws -> PreparedCAdES {
        let pki = try TestPKI.shared.get()
        return try PreparedCAdES.prepare(
            content, certificate: try pki.certificate(key), chain: [pki.issuer], algorithm: algorithm, time: self.time)
    }

    private static func signed(
        key: TestPKI.Key = .p256, algorithm: SignatureAlgorithm? = nil
    ) throws -> [UInt8] {
        let prepared = try self.prepared(key: key, algorithm: algorithm)
        return try prepared.completed(
            with: try TestPKI.shared.get().sign(prepared.signedAttributes, key, prepared.algorithm))
    }

    private static func verify(_ message: [UInt8], _ content: [UInt8]? = content) throws -> AdESReport {
        CMSVerifier(roots: [try TestPKI.shared.get().root]).verify(
            message, content: content.map { DetachedContent($0) })
    }

    static let ways: [(TestPKI.Key, SignatureAlgorithm?)] = [
        (.p256, nil), (.p384, nil), (.rsa2048, nil), (.rsa2048, .rsaPSSWithSHA512), (.rsa2048, .rsaPKCS1WithSHA256),
    ]

    @Test(arguments: Self.ways)
    func aFileIsSignedForUsAndForOpenSSL(key: TestPKI.Key, algorithm: SignatureAlgorithm?) throws {
        let message = try Self.signed(key: key, algorithm: algorithm)
        let report = try Self.verify(message)
        #expect(report.verdict == .valid && report.isValidAndTrusted, "\(report)")
        let signature = try #require(report.signatures.first)
        #expect(signature.level == "CAdES-B-B" && signature.claimedTime == Self.time)
        #expect(signature.covered.map(\.kind) == [.detachedContent])
        #expect(signature.signerName == "Nguyễn Văn An" && signature.signerTitle == "Giám đốc")
        try Self.opensslAccepts(message)
        try Self.pyHankoAccepts(message)
    }

    private static func opensslAccepts(_ message: [UInt8], location: SourceLocation = #_sourceLocation) throws {
        let pki = try TestPKI.shared.get()
        let folder = try TemporaryFolder()
        let root = folder.path("root.pem")
        _ = try Tools.run(
            "openssl", ["x509", "-inform", "DER", "-in", try folder.write(pki.root, "root.der"), "-out", root])
        let output = try Tools.run(
            "openssl",
            [
                "cms", "-verify", "-cades", "-inform", "DER", "-in", try folder.write(message, "message"), "-content",
                try folder.write(self.content, "content"), "-binary", "-CAfile", root, "-purpose", "any", "-out",
                "/dev/null",
            ])
        #expect(output.status == 0, "openssl: \(output.text)", sourceLocation: location)
    }

    private static func pyHankoAccepts(_ message: [UInt8], location: SourceLocation = #_sourceLocation) throws {
        guard let python = Tools.python else { return }
        let folder = try TemporaryFolder()
        let script = """
            import asyncio, sys
            from asn1crypto import cms, x509
            from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
            from pyhanko_certvalidator import ValidationContext
            root, message, content = (open(name, 'rb') for name in sys.argv[1:])
            context = ValidationContext(trust_roots=[x509.Certificate.load(root.read())], allow_fetching=False)
            data = cms.ContentInfo.load(message.read())['content']
            status = asyncio.run(async_validate_detached_cms(content, data, signer_validation_context=context))
            print('BOTTOM_LINE', status.bottom_line, status.summary())
            """
        let output = try Tools.run(
            python,
            [
                try folder.write(Array(script.utf8), "judge.py"),
                try folder.write(TestPKI.shared.get().root, "root.der"),
                try folder.write(message, "message"), try folder.write(self.content, "content"),
            ])
        #expect(output.text.contains("BOTTOM_LINE True"), "pyHanko: \(output.text)", sourceLocation: location)
    }

    @Test func aTimeStampMakesItOneOfLevelT() throws {
        let prepared = try Self.prepared()
        let value = try TestPKI.shared.get().sign(prepared.signedAttributes, .p256, prepared.algorithm)
        let token = try StampAuthority.stamp(prepared.stamped(value))
        let message = try prepared.completed(with: value, timeStamp: token)
        let report = try Self.verify(message)
        #expect(report.verdict == .valid && report.signatures.first?.level == "CAdES-B-T", "\(report)")
        let stamp = try #require(report.signatures.first?.timeStamps.first)
        #expect(stamp.isValid && stamp.authority == "TSA" && stamp.time == token.time)
        try Self.opensslAccepts(message)
        try Self.pyHankoAccepts(message)
        // A token of something else is not put in, and found out where somebody did.
        let other = try StampAuthority.stamp([1, 2, 3])
        #expect(throws: PDFError.self) { try prepared.completed(with: value, timeStamp: other) }
        let copied = try Self.replacing(token.der, with: other.der, in: message)
        #expect(try Self.verify(copied).verdict == .badTimeStamp)
    }

    /// Tokens of one authority without a nonce are of one length.
    private static func replacing(_ old: [UInt8], with new: [UInt8], in message: [UInt8]) throws -> [UInt8] {
        let data = Data(message)
        let range = try #require(data.range(of: Data(old)))
        try #require(old.count == new.count)
        return [UInt8](data[..<range.lowerBound]) + new + [UInt8](data[range.upperBound...])
    }

    @Test func anotherContentIsNoticed() throws {
        let message = try Self.signed()
        #expect(try Self.verify(message, Self.content + [0x20]).verdict == .invalid)
        #expect(try Self.verify(message, []).verdict == .invalid)
        let missing = try Self.verify(message, nil)
        #expect(missing.verdict == .indeterminate && missing.reasons == ["signed_data_not_found"])
    }

    @Test func noByteOfAMessageCanBeChanged() throws {
        let message = try Self.signed()
        let pki = try TestPKI.shared.get()
        let verifier = CMSVerifier(roots: [pki.root])
        let content = DetachedContent(Self.content)
        // The issuer's certificate is bound by signing-certificate-v2 as well, so that nothing is left out.
        for position in message.indices {
            for mask: UInt8 in [0x01, 0x10, 0x80] {
                var changed = message
                changed[position] ^= mask
                let report = verifier.verify(changed, content: content)
                if report.isValidAndTrusted {
                    Issue.record("\(position) ^ \(mask) \(message[(position - 4)...].prefix(9))")
                }
            }
        }
    }

    @Test func contentIsNeverHeldWhole() throws {
        let piece = [UInt8](repeating: 0x41, count: 1 << 20)
        let content = DetachedContent { take in
            for _ in 0..<100 { try take(piece[...]) }
        }
        let prepared = try Self.prepared(content)
        let message = try prepared.completed(
            with: try TestPKI.shared.get().sign(prepared.signedAttributes, .p256, prepared.algorithm))
        let report = CMSVerifier(roots: [try TestPKI.shared.get().root]).verify(message, content: content)
        #expect(report.isValidAndTrusted, "\(report)")
        struct Gone: Error {}
        let broken = DetachedContent { _ in throw Gone() }
        #expect(throws: Gone.self) { try Self.prepared(broken) }
        #expect(CMSVerifier(roots: []).verify(message, content: broken).reasons == ["signed_data_unreadable"])
    }

    @Test func ellipticValuesMayComeInEitherForm() throws {
        let prepared = try Self.prepared()
        let der = try TestPKI.shared.get().sign(prepared.signedAttributes, .p256, prepared.algorithm)
        func number(at offset: Int) -> ArraySlice<UInt8> { der[(offset + 2)..<(offset + 2 + Int(der[offset + 1]))] }
        let (r, s) = (number(at: 2), number(at: 4 + Int(der[3])))
        let raw = [r, s].flatMap { half in
            let digits = half.drop { $0 == 0 }
            return [UInt8](repeating: 0, count: 32 - digits.count) + digits
        }
        #expect(try prepared.completed(with: raw) == prepared.completed(with: der))
        #expect(throws: PDFError.signatureDoesNotVerify) { try prepared.completed(with: raw.reversed()) }
    }

    @Test func aPreparedSignatureSurvivesARestart() throws {
        let prepared = try Self.prepared()
        let value = try TestPKI.shared.get().sign(prepared.signedAttributes, .p256, prepared.algorithm)
        let restored = try JSONDecoder().decode(PreparedCAdES.self, from: try JSONEncoder().encode(prepared))
        #expect(try restored.completed(with: value) == prepared.completed(with: value))
    }

    /// Detached and attached, DER, BER (streamed) and PEM, one signer and two, with and without signed attributes.
    @Test(
        arguments: [
            (["-cades"], AdESVerdict.valid), (["-cades", "-nodetach"], .valid), (["-cades", "-stream"], .valid),
            (["-cades", "-nodetach", "-stream"], .valid), (["-cades", "-keyid"], .valid),
            (["-cades", "-md", "sha1"], .validWeakAlgorithm), ([], .notCAdES), (["-noattr"], .notCAdES),
        ])
    func whatOpenSSLSignsGetsItsVerdict(options: [String], verdict: AdESVerdict) throws {
        for form in ["DER", "PEM"] {
            let message = try Self.openssl(["-outform", form] + options, keys: [.rsa2048])
            #expect(CMSVerifier.recognises(message))
            let report = try Self.verify(message)
            #expect(report.verdict == verdict, "\(form) \(options): \(report)")
            if form == "DER" { #expect(try !Self.verify(message + [1]).isValid) }
        }
    }

    private static func openssl(_ options: [String], keys: [TestPKI.Key]) throws -> [UInt8] {
        let pki = try TestPKI.shared.get()
        let folder = try TemporaryFolder()
        let signers = keys.flatMap { key in
            ["-signer", pki.folder.path(key.rawValue + ".pem"), "-inkey", pki.folder.path(key.rawValue + ".key")]
        }
        let output = try Tools.run(
            "openssl",
            [
                "cms", "-sign", "-binary", "-in", try folder.write(self.content, "content"), "-out",
                folder.path("message"),
            ]
                + ["-certfile", pki.folder.path("issuer.pem")] + signers + options)
        try #require(output.status == 0, "openssl: \(output.text)")
        return try folder.read("message")
    }

    @Test func everySignerGetsAReport() throws {
        let message = try Self.openssl(["-outform", "DER", "-cades"], keys: [.p256, .rsa2048, .p384])
        let report = try Self.verify(message)
        #expect(report.isValidAndTrusted && report.signatures.map(\.name) == ["1", "2", "3"], "\(report)")
        #expect(Set(report.signatures.compactMap(\.certificate)).count == 3)
        // The worst decides: a byte of the last signature's value.
        var changed = message
        changed[changed.count - 1] ^= 1
        let worse = try Self.verify(changed)
        #expect(worse.verdict == .invalid && worse.signatures.filter { $0.verdict == .valid }.count == 2)
    }

    @Test func anotherCertificateWithTheSameKeyIsNoticed() throws {
        let pki = try TestPKI.shared.get()
        let prepared = try Self.prepared()
        let value = try pki.sign(prepared.signedAttributes, .p256, prepared.algorithm)
        let message = try prepared.completed(with: value)
        // Same names, same serial, same key, another end: only the hash in signing-certificate-v2 tells them apart.
        let certificate = try pki.certificate(.p256)
        var twin = certificate
        twin[twin.count - 1] ^= 1
        let range = try #require(Data(message).range(of: Data(certificate)))
        let forged = Array(message[..<range.lowerBound]) + twin + Array(message[range.upperBound...])
        let report = try Self.verify(forged)
        #expect(report.verdict == .invalid && report.reasons.first == "signing_certificate_differs", "\(report)")
    }

    @Test func hostileMessagesEnd() throws {
        func verdict(_ bytes: [UInt8]) -> AdESVerdict { CMSVerifier(roots: []).verify(bytes).verdict }
        let nulls = [UInt8](Array(repeating: [0x05, 0x00], count: 1_000_000).joined())
        let size = nulls.count
        let header: [UInt8] = [0x30, 0x83, UInt8(size >> 16), UInt8(size >> 8 & 0xFF), UInt8(size & 0xFF)]
        #expect(verdict(header + nulls + [0x05, 0x01, 0x01]) == .refused)
        let deep = [UInt8](Array(repeating: [0x30, 0x80], count: 100_000).joined())
        #expect(verdict(deep) == .error)
        let beginnings: [[UInt8]] = [
            [], [0x30], [0x30, 0x80], [0x30, 0x80, 0, 0], [0x30, 0x84, 0x00, 0x98, 0x96, 0x80, 0x05, 0x00],
            [0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], Array("-----BEGIN CMS-----\n".utf8),
        ]
        for bytes in beginnings { #expect(verdict(bytes) == .error) }
    }
}
