import Foundation
import PAdES
import Testing

@Suite(.enabled(if: LoopbackPKI.isAvailable, "skipped: certomancer or curl is not installed"))
struct LongTermTests {
    let pki: LoopbackPKI
    let judge: AdESJudge

    init() throws {
        self.pki = try LoopbackPKI()
        self.judge = try AdESJudge(self.pki)
    }

    private var verifier: PDFVerifier {
        get throws { PDFVerifier(roots: [try self.pki.certificate("root")]) }
    }

    private func withEvidence(
        _ pdf: [UInt8], _ evidence: ValidationEvidence, for fields: [String] = []
    ) throws -> [UInt8] {
        let parts = Dictionary(uniqueKeysWithValues: fields.map { ($0, evidence) })
        return pdf + (try evidence.appending(to: pdf, signatures: parts))
    }

    @Test(arguments: [SmallPDF.table(), SmallPDF.stream()])
    func everyLevelIsAcceptedByPyHanko(pdf: [UInt8]) throws {
        let stamped = try self.pki.signed(pdf, .approval, .hidden("Sig"))
        let long = try self.withEvidence(stamped, try self.pki.evidence(), for: ["Sig"])
        let archived = try self.pki.timeStamped(long)
        #expect(stamped.starts(with: pdf) && long.starts(with: stamped) && archived.starts(with: long))
        for pdf in [stamped, long, archived] {
            try self.judge.accept(pdf, signatures: 1)
            #expect(try self.verifier.verify(pdf).isValid)
        }
        let report = try self.verifier.verify(archived)
        #expect(report.signatures.map(\.kind) == [.signature, .documentTimeStamp])
        #expect(report.signatures[0].signatureTimeStamps.count == 1)
        #expect(report.archivedUntil() == SigningTime(secondsSince1970: 2_524_608_000))
        #expect(try self.verifier.verify(long).archivedUntil() == nil)
        let needs = EvidenceNeed.all(of: report)
        #expect(needs.map(\.isTimeStamp) == [false, true, true])
        #expect(needs.map(\.fieldName) == ["Sig", "Sig", "vanthu-time-1"])
        self.pki.stop()
        try self.judge.acceptAlone(archived, signatures: 1)
    }

    @Test func theSealedLetterReachesTheArchive() throws {
        let place = PDFRectangle(x: 300, y: 200, width: 130, height: 60)
        let fields = OfficialFields(
            number: .init(page: 0, rectangle: PDFRectangle(x: 100, y: 700, width: 60, height: 18)),
            date: .init(page: 0, rectangle: PDFRectangle(x: 320, y: 700, width: 200, height: 18)),
            signer: .init(page: 0, rectangle: place),
            seal: .init(page: 0, rectangle: FieldPlacement.seal(beside: place)))
        let prepared = try fields.added(to: SmallPDF.table())
        let certified = try self.pki.signed(
            prepared, .signer, .field(OfficialFields.signerName), appearance: OfficialLetter.signatureText)
        let date = try #require(OfficialDate(day: 5, month: 11, year: 2026))
        let numbered = try OfficialFields.filled(number: "01", date: date, in: certified)
        let sealed = try self.pki.signed(
            numbered, .seal, .field(OfficialFields.sealName), appearance: OfficialLetter.sealDrawing)
        let names = [OfficialFields.signerName, OfficialFields.sealName]
        let archived = try self.pki.timeStamped(
            try self.withEvidence(sealed, try self.pki.evidence(), for: names))
        try self.judge.accept(archived, signatures: 2)
        #expect(try self.verifier.verify(archived).isValid)
        self.pki.stop()
        try self.judge.acceptAlone(archived, signatures: 2)
    }

    @Test func aRenewalOutlivesTheAuthorityBeforeIt() throws {
        let past = LoopbackPKI.Era.past
        let stamped = try self.pki.signed(SmallPDF.table(), .approval, .hidden("Sig"), past)
        let archived = try self.pki.timeStamped(try self.withEvidence(stamped, try self.pki.evidence(past)), past)
        // What is known of the first authority shortly before its end goes under a stamp of the next.
        let renewal = LoopbackPKI.Era.renewal
        let gathered = ValidationEvidence(
            certificates: [try self.pki.certificate("tsa")],
            revocationLists: [try self.pki.revocationList(of: "root", at: renewal.time)])
        let renewed = try self.pki.timeStamped(try self.withEvidence(archived, gathered), renewal)
        #expect(renewed.starts(with: archived))
        let report = try self.verifier.verify(renewed)
        #expect(report.isValid && report.signatures.count == 3)
        self.pki.stop()
        try self.judge.acceptAlone(renewed, signatures: 1)
        #expect(try !self.judge.judgeAlone(archived).contains("AdESPassed.OK"))
    }

    @Test func laterSignaturesKeepEarlierVerdictsAndEvidence() throws {
        var pdf = SmallPDF.stream()
        var verdicts: [SignatureReport.Verdict] = []
        var sizes: [Int] = []
        for number in 1...3 {
            let before = pdf
            pdf = try self.pki.signed(pdf, .approval, .hidden("Sig\(number)"))
            pdf = try self.withEvidence(pdf, try self.pki.evidence(), for: ["Sig\(number)"])
            pdf = try self.pki.timeStamped(pdf)
            #expect(pdf.starts(with: before))
            let report = try self.verifier.verify(pdf)
            #expect(report.signatures.prefix(verdicts.count).map(\.verdict) == verdicts)
            verdicts = report.signatures.map(\.verdict)
            sizes.append(pdf.count - before.count)
        }
        #expect(verdicts == Array(repeating: .valid, count: 6))
        // Certificates and the revocation list are not written again.
        #expect(sizes[1] < sizes[0] && sizes[2] < sizes[0])
        try self.judge.accept(pdf, signatures: 3)
    }

    @Test func evidenceThatIsThereIsNotWrittenAgain() throws {
        let stamped = try self.pki.signed(SmallPDF.table(), .approval, .hidden("Sig"))
        let evidence = try self.pki.evidence()
        let once = try self.withEvidence(stamped, evidence, for: ["Sig"])
        #expect(try evidence.appending(to: once, signatures: ["Sig": evidence]).isEmpty)
        #expect(try ValidationEvidence().appending(to: once).isEmpty)
        #expect(throws: PDFError.fieldMissing("Other")) {
            try evidence.appending(to: once, signatures: ["Other": evidence])
        }
    }

    @Test func onlyAnAnswerToTheQuestionIsTaken() throws {
        let question = try TimeStampRequest(imprint: Array(repeating: 7, count: 32))
        let answer = try self.pki.stamp(question)
        #expect(try question.token(in: answer).imprint == question.imprint)
        let again = try TimeStampRequest(imprint: question.imprint)
        #expect(again.nonce != question.nonce)
        #expect(throws: PDFError.timeStampUnusable("answers another question")) { try again.token(in: answer) }
        let other = try TimeStampRequest(imprint: Array(repeating: 8, count: 32))
        #expect(throws: PDFError.timeStampUnusable("stamps something else")) { try other.token(in: answer) }
        // PKIStatus 2: rejection.
        #expect(throws: PDFError.timeStampRefused(status: 2)) { try question.token(in: [0x30, 5, 0x30, 3, 2, 1, 2]) }
        for bad in [[], [0x30], Array("<html>".utf8), Array(answer.dropLast()), [0x30, 5, 0x30, 3, 2, 1, 0]] {
            #expect(throws: PDFError.self) { try question.token(in: bad) }
        }
        var flipped = answer
        flipped[flipped.count - 3] ^= 1
        #expect(throws: PDFError.self) { try question.token(in: flipped) }
        #expect(throws: PDFError.self) { try TimeStampRequest(imprint: [1, 2, 3]) }
    }

    @Test func aTokenOverAnotherValueIsNotEmbedded() throws {
        let (prepared, value) = try self.pki.prepared(SmallPDF.table(), .approval, .hidden("Sig"))
        let question = try TimeStampRequest(imprint: Array(repeating: 7, count: 32))
        let token = try question.token(in: try self.pki.stamp(question))
        #expect(throws: PDFError.timeStampUnusable("stamps something else")) {
            try prepared.completing(with: value, timeStamp: token)
        }
    }
}
