import Foundation
import PAdES
import Testing

struct SigningTests {
    let pki: TestPKI
    private let place = PDFRectangle(x: 100, y: 200, width: 130, height: 60)

    init() throws {
        self.pki = try TestPKI.shared.get()
    }

    private func request(_ key: TestPKI.Key = .p256, _ place: SigningRequest.Place = .hidden("Sig")) throws
        -> SigningRequest
    {
        SigningRequest(
            purpose: .approval, place: place, certificate: try self.pki.certificate(key), chain: [self.pki.issuer],
            time: SigningTime(secondsSince1970: 1_795_000_000))
    }

    @Test(arguments: [SmallPDF.table(), SmallPDF.stream()], [TestPKI.Key.p256, .p384, .p521, .rsa2048])
    func everyFormOfFileIsSignedInItsOwnForm(pdf: [UInt8], key: TestPKI.Key) throws {
        let signed = try self.pki.signed(
            pdf, .signer, .new("vanthu.test", page: 0, self.place), key: key, appearance: OfficialLetter.signatureText)
        #expect(signed.starts(with: pdf))
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        #expect(try self.pki.verifier.verify(signed).isValidAndTrusted)
        #expect(try PDFInspection(signed).certificationLevel == 2)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func everyAlgorithmIsAccepted(algorithm: SignatureAlgorithm) throws {
        var request = try self.request(algorithm.rawValue.hasPrefix("rsa") ? .rsa2048 : .p384)
        request.algorithm = algorithm
        let prepared = try PreparedSignature.prepare(SmallPDF.table(), request)
        let value = try self.pki.sign(
            prepared.signedAttributes, algorithm.rawValue.hasPrefix("rsa") ? .rsa2048 : .p384, algorithm)
        let signed = try prepared.completed(over: SmallPDF.table(), with: value)
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        #expect(try self.pki.verifier.verify(signed).isValidAndTrusted)
    }

    @Test(arguments: [0, 90, 180, 270, -90, 450])
    func appearancesAreUprightOnTurnedPages(rotation: Int) throws {
        let page = SmallPDF.page.replacingOccurrences(of: "/Parent", with: "/Rotate \(rotation)/Parent")
        let signed = try self.pki.signed(
            SmallPDF.table(page: page), .approval, .new("Sig", page: 0, self.place),
            appearance: OfficialLetter.signatureText)
        guard Tools.has("pdftotext") else { return }
        // Upright text has words that are wider than high, in the rectangle asked for.
        let text = try OfficialLetter.text(of: signed)
        let shown = try #require(text.first)
        let word = try #require(shown.words.first { $0.text == "Nguyễn" })
        #expect(word.right - word.left > word.bottom - word.top)
        #expect(word.left > self.place.x - 1 && word.right < self.place.maxX + 1)
        #expect(shown.height - word.bottom > self.place.y - 1 && shown.height - word.top < self.place.maxY + 1)
    }

    @Test func aPreparedSignatureSurvivesARestart() throws {
        let pdf = SmallPDF.table()
        let prepared = try PreparedSignature.prepare(pdf, try self.request())
        let stored = try JSONEncoder().encode(prepared)
        let restored = try JSONDecoder().decode(PreparedSignature.self, from: stored)
        #expect(restored == prepared)
        let value = try self.pki.sign(restored.signedAttributes, .p256, restored.algorithm)
        let once = try restored.completed(over: pdf, with: value)
        #expect(try restored.completed(over: pdf, with: value) == once)
        #expect(try pdf + restored.completing(with: value) == once)
    }

    @Test func aValueOfAnotherKeyIsNotEmbedded() throws {
        let prepared = try PreparedSignature.prepare(SmallPDF.table(), try self.request())
        let other = try self.pki.sign(prepared.signedAttributes, .p384, .ecdsaWithSHA256)
        for value in [other, [], Array(repeating: 0, count: 64), Array(repeating: 1, count: 72)] {
            #expect(throws: PDFError.signatureDoesNotVerify) { try prepared.completing(with: value) }
        }
    }

    @Test func aRawEllipticValueIsUnderstood() throws {
        let prepared = try PreparedSignature.prepare(SmallPDF.table(), try self.request())
        let der = try self.pki.sign(prepared.signedAttributes, .p256, prepared.algorithm)
        func integer(at place: Int) -> (bytes: [UInt8], next: Int) {
            let end = place + 2 + Int(der[place + 1])
            let value = Array(der[(place + 2)..<end].drop { $0 == 0 })
            return (Array(repeating: 0, count: 32 - value.count) + value, end)
        }
        let r = integer(at: 2)
        let raw = r.bytes + integer(at: r.next).bytes
        let signed = try prepared.completed(over: SmallPDF.table(), with: raw)
        #expect(try self.pki.verifier.verify(signed).isValidAndTrusted)
    }

    @Test func anotherFileIsNotCompleted() throws {
        let prepared = try PreparedSignature.prepare(SmallPDF.table(), try self.request())
        let value = try self.pki.sign(prepared.signedAttributes, .p256, prepared.algorithm)
        var other = SmallPDF.table()
        other[20] ^= 1
        #expect(throws: PDFError.baseChanged) { try prepared.completed(over: other, with: value) }
        #expect(throws: PDFError.baseChanged) { try prepared.completed(over: other + [10], with: value) }
    }

    @Test func aWeakOrUnfitCertificateIsRefused() throws {
        #expect(throws: PDFError.certificateUnsuitable("RSA key below 2048 bits")) {
            try PreparedSignature.prepare(SmallPDF.table(), try self.request(.rsa1024))
        }
        #expect(throws: PDFError.certificateUnsuitable("key usage without signing")) {
            try PreparedSignature.prepare(SmallPDF.table(), try self.request(.encipherOnly))
        }
        var request = try self.request(.p256)
        request.algorithm = .rsaPSSWithSHA256
        #expect(throws: PDFError.certificateUnsuitable("key of another algorithm")) {
            try PreparedSignature.prepare(SmallPDF.table(), request)
        }
        request.certificate = [1, 2, 3]
        #expect(throws: PDFError.certificateUnsuitable("not a certificate")) {
            try PreparedSignature.prepare(SmallPDF.table(), request)
        }
    }

    @Test func aFieldIsSignedOnce() throws {
        let signed = try self.pki.signed(SmallPDF.table(), .approval, .hidden("Sig"))
        #expect(throws: PDFError.fieldFilled("Sig")) { try self.pki.signed(signed, .approval, .field("Sig")) }
        #expect(throws: PDFError.fieldExists("Sig")) { try self.pki.signed(signed, .approval, .hidden("Sig")) }
        #expect(throws: PDFError.fieldMissing("Other")) { try self.pki.signed(signed, .approval, .field("Other")) }
    }

    @Test func placesOffThePageAreRefused() throws {
        let outside = PDFRectangle(x: 550, y: 10, width: 100, height: 10)
        #expect(throws: PDFError.badRectangle) {
            try self.pki.signed(SmallPDF.table(), .approval, .new("Sig", page: 0, outside))
        }
        #expect(throws: PDFError.noSuchPage(1)) {
            try self.pki.signed(SmallPDF.table(), .approval, .new("Sig", page: 1, self.place))
        }
    }

    @Test func aTransparentPictureIsShown() throws {
        let png = SmallPDF.png(width: 40, height: 20, rgba: [0, 0, 200, 128])
        let signed = try self.pki.signed(
            SmallPDF.table(), .approval, .new("Sig", page: 0, self.place), appearance: .signatureImage(png: png))
        try Judges.accept(signed, signatures: 1, pki: self.pki)
        guard Tools.has("pdfimages") else { return }
        let folder = try TemporaryFolder()
        let list = try Tools.run("pdfimages", ["-list", try folder.write(signed, "a.pdf")]).text
        // pdfimages looks at page resources only, so the picture is sought in the file itself.
        #expect(!list.contains("Error"))
        let text = String(String.UnicodeScalarView(signed.map { Unicode.Scalar($0) }))
        #expect(text.contains("/SMask ") && text.contains("/Width 40"))
    }

    @Test func anUnusablePictureIsRefused() throws {
        let png = SmallPDF.png(width: 4, height: 4, rgba: [0, 0, 0, 0])
        for bad in [[], Array("GIF89a".utf8), Array(png.prefix(60)), Array(png.dropLast(20))] {
            #expect(throws: PDFError.unusableImage) {
                try self.pki.signed(
                    SmallPDF.table(), .approval, .new("Sig", page: 0, self.place), appearance: .sealImage(png: bad))
            }
        }
    }
}
