import Foundation
import PAdES
import Testing

/// Attacks on a small signed file, each written by hand: what was published about PDF signatures, and what our own rules
/// could be turned against.
@Suite(.enabled(if: Tools.has("openssl"), "skipped: openssl is not installed"))
struct AttackTests {
    /// Objects: 1 catalogue, 2 pages, 3 page, 4 content, 5 empty text field, 6 its picture, 7 filled text field, 8 metadata,
    /// 9 other content that nothing shows, 10 form, 11 font, 12 empty signature field, 13 its picture.
    static let objects = [
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(empty)/F 4/Rect[10 10 90 30]/P 3 0 R/AP<</N 6 0 R>>>>",
        Self.picture("0 g"),
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(filled)/V(100)/F 4/Rect[10 40 90 60]/P 3 0 R/AP<</N 6 0 R>>>>",
        "<</Type/Metadata/Subtype/XML/Length 4>>\nstream\n<x/>\nendstream",
        "<</Length 19>>\nstream\n1 0 0 rg 9 9 9 9 re\nendstream",
        "<</Fields[5 0 R 7 0 R 12 0 R]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(later)/F 132/Rect[10 70 90 99]/P 3 0 R/AP<</N 13 0 R>>>>",
        Self.picture("1 g"),
    ]
    static let page =
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.30 841.9]/Resources<</Font<</F1 11 0 R>>>>/Contents 4 0 R"
        + "/Annots[5 0 R 7 0 R 12 0 R]>>"
    static let plain = SmallPDF.table(page: Self.page, catalog: "/AcroForm 10 0 R/Metadata 8 0 R", more: Self.objects)

    static func picture(_ content: String, _ entries: String = "") -> String {
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]\(entries)/Length \(content.utf8.count)>>\nstream\n\(content)\nendstream"
    }

    private static let approved = Result { try TestPKI.shared.get().signed(Self.plain, .approval, .hidden("sig")) }
    private static let certified = Result { try TestPKI.shared.get().signed(Self.plain, .signer, .hidden("sig")) }

    let pki: TestPKI
    let approved: [UInt8]
    let certified: [UInt8]

    init() throws {
        self.pki = try TestPKI.shared.get()
        self.approved = try Self.approved.get()
        self.certified = try Self.certified.get()
    }

    private func verdict(_ pdf: [UInt8]) -> SignatureReport.Verdict { self.pki.verifier.report(on: pdf).verdict }

    private func expect(
        _ verdict: SignatureReport.Verdict, _ update: RawUpdate, on pdf: [UInt8]? = nil,
        location: SourceLocation = #_sourceLocation
    ) {
        let report = self.pki.verifier.report(on: update.applied(to: pdf ?? self.approved))
        #expect(report.verdict == verdict, "\(report)", sourceLocation: location)
        // What only a slip of the test makes bad would prove nothing.
        let subjects = report.signatures.flatMap(\.changes).map(\.subject)
        #expect(!subjects.contains("malformed update"), sourceLocation: location)
    }

    /// An object's last body with a text replaced.
    private func edited(_ number: Int, _ old: String, _ new: String, in pdf: [UInt8]? = nil) -> (Int, String) {
        let body = RawUpdate.body(number, in: pdf ?? self.approved)
        #expect(body.contains(old), "object \(number) is \(body)")
        return (number, body.replacingOccurrences(of: old, with: new))
    }

    private var size: Int { Int(RawUpdate.size(self.approved)) ?? 0 }

    @Test func theFilesThemselvesAreGood() {
        #expect(self.verdict(self.approved) == .valid)
        #expect(self.verdict(self.certified) == .valid)
        #expect(self.verdict(RawUpdate().applied(to: self.approved)) == .valid)
    }

    // MARK: Incremental saving

    @Test func newContentIsAModification() {
        self.expect(.modified, RawUpdate(objects: [(4, "<</Length 2>>\nstream\nq \nendstream")]))
        self.expect(.modified, RawUpdate(objects: [self.edited(3, "/Contents 4 0 R", "/Contents 9 0 R")]))
        self.expect(.modified, RawUpdate(objects: [self.edited(2, "/Kids[3 0 R]", "/Kids[3 0 R 3 0 R]")]))
        self.expect(.modified, RawUpdate(objects: [self.edited(11, "Helvetica", "Symbol")]))
    }

    @Test func objectsWithoutACrossReferenceAreAModification() {
        let stray = Array("4 0 obj\n<</Length 2>>\nstream\nq \nendstream\nendobj\n".utf8)
        #expect(self.verdict(self.approved + stray) == .modified)
        let trailer = Array("trailer\n<</Root 1 0 R/Size 20>>\nstartxref\n99999999\n%%EOF\n".utf8)
        #expect(self.verdict(self.approved + stray + trailer) == .modified)
        let wrong = Array(
            "xref\n0 1\nnonsense\ntrailer\n<</Root 1 0 R>>\nstartxref\n\(self.approved.count)\n%%EOF\n".utf8)
        #expect(self.verdict(self.approved + wrong) == .modified)
        // Objects between the signed part and an update that doesn't list them.
        let hidden = RawUpdate(objects: [(self.size, "<<>>")], stray: String(decoding: stray, as: UTF8.self))
        #expect(self.verdict(hidden.applied(to: self.approved)) == .modified)
    }

    @Test func theSignatureWrittenOnceMoreIsAModification() {
        let number = RawUpdate.number(containing: "/ByteRange", in: self.approved)
        self.expect(
            .modified,
            RawUpdate(
                objects: [(number, RawUpdate.body(number, in: self.approved) + " ")].map {
                    ($0.0, $0.1.replacingOccurrences(of: "/M (D:2026", with: "/M (D:2027"))
                }))
    }

    @Test func deletedObjectsAreAModification() {
        self.expect(.modified, RawUpdate(freed: [7]))
        self.expect(.modified, RawUpdate(freed: [11]))
        // Nothing shows the ninth.
        self.expect(.valid, RawUpdate(freed: [9]))
    }

    @Test func aCrossReferenceIntoTheSignedPartIsAModification() {
        // Shadow attack without new objects: the page's content now means other content that lay there, unseen.
        let other = String(RawUpdate.offset(of: 9, in: self.approved))
        var update = RawUpdate()
        update.lines = [(4, String(repeating: "0", count: 10 - other.count) + other + " 00000 n \n")]
        #expect(self.verdict(update.applied(to: self.approved)) == .modified)
    }

    // MARK: Byte range and contents

    @Test func theGapMustBeTheContents() throws {
        for (find, replace) in [("/Contents <", "/Contents<<"), ("/ByteRange [0 ", "/ByteRange [1 ")] {
            var pdf = self.approved
            let place = try #require(ForeignSignature.place(of: find, in: pdf))
            pdf.replaceSubrange(place..<(place + find.utf8.count), with: Array(replace.utf8))
            #expect(!self.verdict(pdf).isGood)
        }
        // Universal signature forgery: a byte range or contents that say nothing.
        let number = RawUpdate.number(containing: "/ByteRange", in: self.approved)
        let body = RawUpdate.body(number, in: self.approved)
        for range in ["", "[]", "null", "[0 9 9]", "[-1 9 9 9]", "[0 99999999999 0 1]", "[0 0 0 0]", "9 0 R"] {
            let start = body.components(separatedBy: "/ByteRange")[0]
            let rest = body[(body.range(of: "/Contents")?.lowerBound ?? body.startIndex)...]
            let changed = start + (range.isEmpty ? "" : "/ByteRange \(range)") + rest
            let report = self.pki.verifier.report(
                on: RawUpdate(objects: [(number, changed)]).applied(to: self.approved))
            #expect(!report.verdict.isGood, "\(range): \(report)")
        }
    }

    @Test func aWrappedSignatureIsRefused() throws {
        // The signed end moves behind what the attacker puts between.
        let number = RawUpdate.number(containing: "/ByteRange", in: self.approved)
        let mark = try #require(ForeignSignature.place(of: "\(number) 0 obj", in: self.approved))
        let contents = try #require(ForeignSignature.place(of: "/Contents <", in: self.approved)) + 10
        let end = try #require(self.approved[contents...].firstIndex(of: 0x3E)) + 1
        let inserted = Array(">>\nendobj\n4 0 obj\n<</Length 2>>\nstream\nq \nendstream\nendobj\n".utf8)
        var pdf = Array(self.approved[..<end]) + inserted + self.approved[end...]
        let range = try #require(ForeignSignature.place(of: "/ByteRange [", in: Array(pdf[mark...]))) + mark
        let close = try #require(pdf[range...].firstIndex(of: 0x5D))
        let text = "/ByteRange [0 \(contents) \(end + inserted.count) \(self.approved.count - end)"
        pdf.replaceSubrange(
            range..<close, with: Array(text.utf8) + [UInt8](repeating: 0x20, count: close - range - text.utf8.count))
        #expect(!self.verdict(pdf).isGood && self.verdict(pdf) != .allowedWithWarning)
    }

    // MARK: Fields

    @Test func anEmptyFieldMayBeFilledOnce() {
        let filled = RawUpdate(objects: [
            self.edited(5, "/AP<</N 6 0 R>>", "/V(new)/AP<</N \(self.size) 0 R>>"), (self.size, Self.picture("2 w")),
        ])
        self.expect(.valid, filled)
        self.expect(.valid, filled, on: self.certified)
        self.expect(.modified, RawUpdate(objects: [self.edited(7, "/V(100)", "/V(900)")]))
        // The picture alone, as in the shadow attack "replace": the value stays and something else is seen.
        self.expect(
            .modified,
            RawUpdate(objects: [
                self.edited(7, "/AP<</N 6 0 R>>", "/AP<</N \(self.size) 0 R>>"), (self.size, Self.picture("9 w")),
            ]))
        self.expect(.modified, RawUpdate(objects: [self.edited(5, "/T(empty)", "/T(other)/V(x)")]))
        self.expect(.modified, RawUpdate(objects: [self.edited(5, "/F 4", "/F 4/V(x)/AA<</K 9 0 R>>")]))
    }

    @Test func aValueIsExchangedOnlyWhereThatIsPermittedInSoManyWords() throws {
        let exchanged = { (pdf: [UInt8]) in
            RawUpdate(objects: [self.edited(7, "/V(100)", "/V(900)/DA(/F1 9 Tf)/Q 1", in: pdf)])
        }
        // An approval says nothing of forms; a certification of level 2 permits filling them (ISO 32000-2, table 257).
        self.expect(.modified, exchanged(self.approved))
        self.expect(.valid, exchanged(self.certified), on: self.certified)
        // The seal locks every field, and the signature before it does not permit what the seal forbids.
        let sealed = try self.pki.signed(self.certified, .seal, .hidden("seal"))
        let report = self.pki.verifier.report(on: exchanged(sealed).applied(to: sealed))
        #expect(report.signatures.map(\.verdict) == [.modified, .modified])
        // A signature is no value that may be exchanged.
        let own = RawUpdate.number(containing: "/T (sig)", in: self.certified)
        let body = RawUpdate.body(own, in: self.certified)
        let value = try #require(body.range(of: "/V "))
        let other = body[..<value.upperBound] + "9 0 R" + body[value.upperBound...].drop { $0 != "R" }.dropFirst()
        self.expect(.modified, RawUpdate(objects: [(own, String(other))]), on: self.certified)
    }

    @Test(arguments: [("1", false), ("2", true), ("9", false), ("/X", false)])
    func aCertificationOfAnUnknownLevelPermitsNothing(level: String, isAllowed: Bool) throws {
        let identity = try ForeignSignature.Identity(ForeignSignatureTests.rsa)
        var signature = ForeignSignature(catalog: "/Perms<</DocMDP 6 0 R>>")
        signature.entries =
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P \(level)>>>>]"
        let pdf = try signature.signed { try identity.cms($0, ["-md", "sha256"]) }
        let size = Int(RawUpdate.size(pdf)) ?? 0
        let form = RawUpdate.body(1, in: pdf).replacingOccurrences(of: "[5 0 R]", with: "[5 0 R \(size) 0 R]")
        let update = RawUpdate(objects: [(1, form), (size, "<</FT/Sig/T(next)>>")])
        #expect(PDFVerifier(roots: []).report(on: pdf).verdict == .valid)
        #expect(PDFVerifier(roots: []).report(on: update.applied(to: pdf)).verdict == (isAllowed ? .valid : .modified))
    }

    @Test func aPlaceOnThePageMayNotChange() {
        self.expect(.modified, RawUpdate(objects: [self.edited(7, "/Rect[10 40", "/Rect[11 40")]))
        let own = RawUpdate.number(containing: "/T (sig)", in: self.approved)
        self.expect(.modified, RawUpdate(objects: [self.edited(own, "/T (sig)", "/T (sig)/AP<</N 6 0 R>>")]))
        self.expect(.modified, RawUpdate(objects: [self.edited(own, "/T (sig)", "/T (gis)")]))
    }

    @Test func aPictureThatIsShownElsewhereMayNotChange() throws {
        // The sixth object is the picture of two fields, the thirteenth of one.
        let fill = self.edited(5, "/AP<</N 6 0 R>>", "/V(new)/AP<</N 6 0 R>>")
        self.expect(.modified, RawUpdate(objects: [fill, (6, Self.picture("3 w"))]))
        let second = try self.pki.signed(self.approved, .approval, .field("later"))
        let field = RawUpdate.body(12, in: second)
        #expect(field.contains("/V"))
        #expect(self.verdict(second) == .valid)
        // Once it is signed its picture stands.
        self.expect(.modified, RawUpdate(objects: [(13, Self.picture("4 w"))]), on: second)
        let shared = SmallPDF.table(
            page: Self.page.replacingOccurrences(of: "/Font", with: "/XObject<</X 13 0 R>>/Font"),
            catalog: "/AcroForm 10 0 R", more: Self.objects)
        for (file, verdict) in [(Self.plain, SignatureReport.Verdict.valid), (shared, .modified)] {
            let signed = try self.pki.signed(file, .approval, .hidden("sig"))
            // A second signer whose program writes its picture over the one that the empty field had.
            let twice = try self.pki.signed(signed, .approval, .field("later"))
            let update = Array(twice[signed.count...])
            let text = String(String.UnicodeScalarView(update.map { Unicode.Scalar($0) }))
            #expect(text.contains("12 0 obj"))
            let report = self.pki.verifier.report(on: try Self.overriding(13, with: Self.picture("5 w"), signed, pki))
            #expect(report.signatures.first?.verdict == verdict, "\(report)")
        }
    }

    /// A second signature, made by OpenSSL, in the same update as a new body for `number`.
    private static func overriding(
        _ number: Int, with body: String, _ signed: [UInt8], _ pki: TestPKI
    ) throws -> [UInt8] {
        let size = Int(RawUpdate.size(signed)) ?? 0
        let field = RawUpdate.body(12, in: signed).replacingOccurrences(
            of: "/T(later)", with: "/T(later)/V \(size) 0 R")
        let space = 8_192
        let blank = "[0 ********** ********** **********]"
        let dictionary =
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange \(blank)/Contents "
            + "<\(String(repeating: "0", count: 2 * space))>>>"
        var pdf = RawUpdate(objects: [(12, field), (number, body), (size, dictionary)]).applied(to: signed)
        let place = try #require(ForeignSignature.place(of: blank, in: Array(pdf[signed.count...]))) + signed.count
        let contents = try #require(pdf[place...].firstIndex(of: 0x3C))
        let end = contents + 2 * space + 2
        let range = "[0 \(contents) \(end) \(pdf.count - end)]"
        pdf.replaceSubrange(
            place..<(place + blank.utf8.count),
            with: Array(range.utf8) + [UInt8](repeating: 0x20, count: blank.utf8.count - range.utf8.count))
        let identity = try ForeignSignature.Identity(ForeignSignatureTests.curve("P-256"))
        let value = try identity.cms(Array(pdf[..<contents]) + pdf[end...], ["-md", "sha256"])
        let digits = Array(value.map { String(format: "%02x", $0) }.joined().utf8)
        pdf.replaceSubrange((contents + 1)..<(contents + 1 + digits.count), with: digits)
        return pdf
    }

    // MARK: Annotations

    @Test func anAnnotationIsAWarningAndUnderACertificationTampering() {
        let note = "<</Type/Annot/Subtype/FreeText/Rect[100 100 300 300]/Contents(x)>>"
        for (file, verdict) in [
            (self.approved, SignatureReport.Verdict.allowedWithWarning), (self.certified, .modified),
        ] {
            let page = self.edited(3, "/Annots [", "/Annots [\(self.size + 5) 0 R ", in: file)
            self.expect(verdict, RawUpdate(objects: [page, (self.size + 5, note)]), on: file)
        }
        let link = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(x)>>>>"
        let page = self.edited(3, "/Annots [", "/Annots [\(self.size) 0 R ")
        self.expect(.modified, RawUpdate(objects: [page, (self.size, link)]))
        // Taken away.
        self.expect(.modified, RawUpdate(objects: [self.edited(3, "7 0 R", "")]))
    }

    // MARK: Catalogue, certification, security store

    @Test func aCertificationCantBeTakenAway() {
        #expect(RawUpdate.body(1, in: self.certified).contains("/Perms"))
        self.expect(
            .modified, RawUpdate(objects: [self.edited(1, "/Perms", "/Prems", in: self.certified)]), on: self.certified)
    }

    @Test func actionsAndOtherEntriesOfTheCatalogueAreTampering() {
        for entry in ["/OpenAction 9 0 R", "/AA<<>>", "/Names<</JavaScript 9 0 R>>", "/OCProperties<<>>"] {
            self.expect(.modified, RawUpdate(objects: [self.edited(1, "/Pages", entry + "/Pages")]))
        }
        self.expect(.valid, RawUpdate(objects: [self.edited(1, "/Pages", "/Extensions<</ESIC<<>>>>/Pages")]))
    }

    @Test func metadataMayChangeUnlessThePageShowsIt() throws {
        let changed = (8, "<</Type/Metadata/Subtype/XML/Length 4>>\nstream\n<y/>\nendstream")
        self.expect(.valid, RawUpdate(objects: [changed]))
        let shown = SmallPDF.table(
            page: Self.page.replacingOccurrences(of: "/Contents 4 0 R", with: "/Contents[4 0 R 8 0 R]"),
            catalog: "/AcroForm 10 0 R/Metadata 8 0 R", more: Self.objects)
        self.expect(.modified, RawUpdate(objects: [changed]), on: try self.pki.signed(shown, .approval, .hidden("sig")))
    }

    @Test func theSecurityStoreOnlyGrows() {
        let stream = "<</Length 1>>\nstream\nc\nendstream"
        let (store, first, second) = (self.size, self.size + 1, self.size + 2)
        let added = RawUpdate(objects: [
            self.edited(1, "/Pages", "/DSS \(store) 0 R/Pages"), (store, "<</Certs[\(first) 0 R]>>"), (first, stream),
        ])
        self.expect(.valid, added)
        self.expect(.valid, added, on: self.certified.count == 0 ? nil : self.approved)
        let with = added.applied(to: self.approved)
        self.expect(
            .valid, RawUpdate(objects: [(store, "<</Certs[\(first) 0 R \(second) 0 R]>>"), (second, stream)]), on: with)
        self.expect(
            .modified, RawUpdate(objects: [(store, "<</Certs[\(second) 0 R]>>"), (second, Self.picture("s"))]), on: with
        )
        self.expect(.modified, RawUpdate(objects: [(store, "<<>>")]), on: with)
        // Written over something that is shown.
        self.expect(
            .modified, RawUpdate(objects: [self.edited(1, "/Pages", "/DSS 11 0 R/Pages"), (11, "<</Certs[]>>")]))
    }

    @Test func anObjectStreamCantBeExchangedUnderItsObjects() throws {
        let signed = try self.pki.signed(SmallPDF.stream(), .approval, .hidden("sig"))
        #expect(self.verdict(signed) == .valid)
        let other = "1 0 2 32 3 64 "
        let objects =
            "<</Type/Catalog/Pages 2 0 R>>   <</Type/Pages/Kids[3 0 R]/Count 1>> "
            + SmallPDF.page.replacingOccurrences(of: "4 0 R", with: "9 0 R")
        let body =
            "<</Type/ObjStm/N 3/First \(other.utf8.count)/Length \(other.utf8.count + objects.utf8.count)>>\nstream\n"
            + other + objects + "\nendstream"
        let report = self.pki.verifier.report(on: RawUpdate(objects: [(5, body)]).applied(to: signed))
        #expect(!report.verdict.isGood)
    }

    // MARK: Names

    @Test func theSameNameUnderTwoParentsIsTwoFields() throws {
        let first = try self.pki.signed(self.approved, .approval, .hidden("one.sig"))
        let second = try self.pki.signed(first, .approval, .hidden("two.sig"))
        let report = self.pki.verifier.report(on: second)
        #expect(report.isValid && report.signatures.map(\.fieldName) == ["sig", "one.sig", "two.sig"], "\(report)")
    }
}
