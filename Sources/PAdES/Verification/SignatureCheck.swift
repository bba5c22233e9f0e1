/// Judges one signature: its place in the file, then what it is by its `/SubFilter`. Changes made after it are
/// `UpdateAnalysis`.
struct SignatureCheck {
    /// `nil` for a signature found in a part of a file that can't be read.
    let file: PDFFile?
    let bytes: [UInt8]
    let signed: PDFFile.SignedField
    /// The revision that added the signature.
    let view: Int

    var findings = CMSCheck.Findings()
    /// Whether `/Contents` is no signature that could be judged: not decodable.
    var isUndecodable = false
    var scheme: SignatureScheme?
    var certificate: Certificate?
    var cms: CMSSignedData?
    /// A document time stamp's own token.
    var token: TimeStampToken?
    /// The tokens in the signature's unsigned attributes, those that can be read.
    var signatureTimeStamps: [TimeStampToken] = []
    var isWeak = false
    var isLevelDisputed = false
    private(set) var coversWholeFile = false
    private(set) var ranges: SignedRanges?

    /// What is signed: everything up to `end` but the gap, which is exactly the `/Contents` token.
    struct SignedRanges {
        var gap: Range<Int>
        var end: Int
    }

    init(file: PDFFile, signed: PDFFile.SignedField, view: Int) {
        self.file = file
        self.bytes = file.bytes
        self.signed = signed
        self.view = view
    }

    /// Of a signature dictionary that lies in bytes which no cross-reference makes sense of.
    init(stray signed: PDFFile.SignedField, in bytes: [UInt8]) {
        self.file = nil
        self.bytes = bytes
        self.signed = signed
        self.view = 0
    }

    func resolved(_ value: PDFValue?) -> PDFValue {
        guard let file = self.file else { return value ?? .null }
        return (try? file.resolve(value, in: self.view)) ?? .null
    }

    var subFilter: String? { self.resolved(self.signed.dictionary["SubFilter"]).name }
    var contents: [UInt8] { self.signed.dictionary["Contents"]?.string ?? [] }

    /// - Parameter issuers: certificates that are known besides those in the signature.
    mutating func run(issuers: [[UInt8]], digests: PrefixDigests) {
        guard let ranges = self.file.map({ self.signedRanges(in: $0) }) ?? self.strayRanges() else { return }
        self.ranges = ranges
        self.coversWholeFile = self.bytes[ranges.end...].allSatisfy(PDFLexer.isSpace)
        self.judgeContents(issuers: issuers) {
            digests.value($0, gap: ranges.gap, end: ranges.end)
        } content: { bytes, times in
            // What is refused here is refused as a whole.
            guard digests.charge(times * ranges.end) else { return [] }
            return Array(bytes[..<ranges.gap.lowerBound]) + bytes[ranges.gap.upperBound..<ranges.end]
        }
    }

    /// The ranges, when they are the whole file up to the end of the signature's own revision, without exactly its
    /// `/Contents` token.
    private mutating func signedRanges(in file: PDFFile) -> SignedRanges? {
        func refuse(_ reason: String) -> SignedRanges? {
            self.findings.structure.append(reason)
            return nil
        }
        guard case .offset? = file.entry(self.signed.signature.number, in: self.view),
            let object = try? file.object(self.signed.signature, in: self.view), let extent = object.extent
        else { return refuse("signature_in_object_stream") }
        let previousEnd = self.view > 0 ? file.revisions[self.view - 1].end : 0
        let revisionEnd = file.revisions[self.view].end
        guard extent.lowerBound >= previousEnd, extent.upperBound <= revisionEnd else {
            return refuse("signature_outside_its_revision")
        }
        guard let (gap, end) = self.byteRange, end <= self.bytes.count else { return refuse("byte_range_malformed") }
        guard let contents = self.contentsToken(in: extent), contents == gap, self.bytes[gap.lowerBound] == 0x3C,
            self.bytes[gap.upperBound - 1] == 0x3E,
            Self.isHex(self.bytes[(gap.lowerBound + 1)..<(gap.upperBound - 1)])
        else { return refuse("byte_range_gap_is_not_contents") }
        // Only white space after %%EOF may be left out or included.
        guard end >= revisionEnd, self.bytes[revisionEnd..<end].allSatisfy(PDFLexer.isSpace) else {
            return refuse("byte_range_ends_inside_revision")
        }
        return SignedRanges(gap: gap, end: end)
    }

    /// `/ByteRange`: four numbers, the first of them 0. `nil` for anything else.
    private var byteRange: (gap: Range<Int>, end: Int)? {
        guard let numbers = self.resolved(self.signed.dictionary["ByteRange"]).array, numbers.count == 4,
            case let range = numbers.compactMap({ self.resolved($0).integer }), range.count == 4, range[0] == 0,
            range.allSatisfy({ (0...(1 << 40)).contains($0) }), range[1] < range[2]
        else { return nil }
        return (range[1]..<range[2], range[2] + range[3])
    }

    /// Without a cross-reference it can only be said whether the bytes that the dictionary names are there and were signed.
    private mutating func strayRanges() -> SignedRanges? {
        guard let (gap, end) = self.byteRange else {
            self.findings.structure.append("byte_range_malformed")
            return nil
        }
        guard end <= self.bytes.count else {
            // The file was longer when it was signed: its bytes are gone or moved.
            self.findings.cryptography.append("signed_bytes_missing")
            return nil
        }
        return SignedRanges(gap: gap, end: end)
    }

    /// Digits only, and their letters all small or all capital: a writer does not mix them, so a mixture was made afterwards.
    private static func isHex(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.withUnsafeBufferPointer { digits in
            var (hasSmall, hasCapital) = (false, false)
            for digit in digits {
                guard PDFLexer.hexDigit(digit) != nil else { return false }
                if digit >= 0x61 { hasSmall = true } else if digit >= 0x41 { hasCapital = true }
            }
            return !(hasSmall && hasCapital)
        }
    }

    /// Where the value of `/Contents` stands in the signature dictionary.
    private func contentsToken(in extent: Range<Int>) -> Range<Int>? {
        var lexer = PDFLexer(self.bytes, at: extent.lowerBound, end: extent.upperBound)
        guard lexer.takeUnsigned() != nil, case _ = lexer.skipSpace(), lexer.takeUnsigned() != nil,
            case _ = lexer.skipSpace(), lexer.takeKeyword("obj"), case _ = lexer.skipSpace(), lexer.take("<<")
        else { return nil }
        while true {
            lexer.skipSpace()
            guard lexer.peek() == 0x2F, let key = try? lexer.value().name else { return nil }
            lexer.skipSpace()
            let start = lexer.position
            if key == "Contents", lexer.peek() == 0x3C, lexer.peek(1) != 0x3C {
                // Its digits were read already; only the end is wanted.
                return self.bytes[start..<extent.upperBound].firstIndex(of: 0x3E).map { start..<($0 + 1) }
            }
            guard (try? lexer.value()) != nil else { return nil }
            if key == "Contents" { return start..<lexer.position }
        }
    }
}
