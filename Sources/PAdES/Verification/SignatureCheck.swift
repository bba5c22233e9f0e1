import COpenSSL
import SwiftASN1

/// Judges one signature: its place in the file, its CMS and its certificate. Changes made after it are `UpdateAnalysis`.
struct SignatureCheck {
    let file: PDFFile
    let bytes: [UInt8]
    let signed: PDFFile.SignedField
    /// The revision that added the signature.
    let view: Int

    /// What is wrong, by kind. The words are stable.
    struct Findings {
        var structure: [String] = []
        var cryptography: [String] = []
        var baseline: [String] = []
    }

    var findings = Findings()
    private(set) var scheme: SignatureScheme?
    private(set) var certificate: Certificate?
    private(set) var chain: [[UInt8]] = []
    private(set) var coversWholeFile = false

    init(file: PDFFile, signed: PDFFile.SignedField, view: Int) {
        self.file = file
        self.bytes = file.bytes
        self.signed = signed
        self.view = view
    }

    /// - Parameter issuers: certificates that are known besides those in the signature.
    mutating func run(issuers: [[UInt8]]) {
        guard let ranges = self.ranges() else { return }
        guard let cms = self.decode(ranges) else { return }
        guard let signer = cms.signers.first, cms.signers.count == 1 else {
            return self.findings.baseline.append("not_exactly_one_signer")
        }
        self.checkForm(of: cms, signer)
        guard let scheme = signer.scheme else { return self.findings.cryptography.append("algorithms_disagree") }
        self.scheme = scheme
        self.chain = cms.certificates
        guard let certificate = self.certificate(of: signer, among: cms.certificates) else {
            return self.findings.structure.append("signer_certificate_missing")
        }
        self.certificate = certificate
        self.checkDigest(ranges, signer, scheme, certificate)
        let isChainSigned = self.checkSigningCertificate(signer, certificate)
        if !isChainSigned { self.checkBystanders(issuers) }
    }

    private var subFilter: String? { self.signed.dictionary["SubFilter"]?.name }
    var isCAdES: Bool { self.subFilter == "ETSI.CAdES.detached" }

    /// The two ranges, when they are the whole file up to the end of the signature's own revision, without exactly its
    /// `/Contents` token.
    private mutating func ranges() -> (first: Range<Int>, second: Range<Int>, gap: Range<Int>)? {
        func refuse(_ reason: String) -> (Range<Int>, Range<Int>, Range<Int>)? {
            self.findings.structure.append(reason)
            return nil
        }
        guard self.subFilter == "ETSI.CAdES.detached" || self.subFilter == "adbe.pkcs7.detached" else {
            return refuse("unsupported_subfilter")
        }
        guard case .offset? = self.file.entry(self.signed.signature.number, in: self.view),
            let object = try? self.file.object(self.signed.signature, in: self.view), let extent = object.extent
        else { return refuse("signature_in_object_stream") }
        let previousEnd = self.view > 0 ? self.file.revisions[self.view - 1].end : 0
        let revisionEnd = self.file.revisions[self.view].end
        guard extent.lowerBound >= previousEnd, extent.upperBound <= revisionEnd else {
            return refuse("signature_outside_its_revision")
        }
        guard let numbers = self.signed.dictionary["ByteRange"]?.array?.compactMap(\.integer), numbers.count == 4,
            self.signed.dictionary["ByteRange"]?.array?.count == 4, numbers[0] == 0,
            numbers.allSatisfy({ $0 >= 0 && $0 <= self.bytes.count }), numbers[1] < numbers[2],
            numbers[2] + numbers[3] <= self.bytes.count
        else { return refuse("byte_range_malformed") }
        let (gap, end) = (numbers[1]..<numbers[2], numbers[2] + numbers[3])
        guard let contents = self.contentsToken(in: extent), contents == gap, self.bytes[gap.lowerBound] == 0x3C,
            self.bytes[gap.upperBound - 1] == 0x3E,
            Self.isHex(self.bytes[(gap.lowerBound + 1)..<(gap.upperBound - 1)])
        else { return refuse("byte_range_gap_is_not_contents") }
        // Only the line end after %%EOF may be left out or included.
        guard end >= revisionEnd, end - revisionEnd <= 2,
            self.bytes[revisionEnd..<end].allSatisfy({ $0 == 0x0A || $0 == 0x0D })
        else { return refuse("byte_range_ends_inside_revision") }
        self.coversWholeFile = self.bytes[end...].allSatisfy(PDFLexer.isSpace)
        return (0..<numbers[1], numbers[2]..<end, gap)
    }

    /// Digits only, and their letters all small or all capital: a writer does not mix them, so a mixture was made afterwards.
    private static func isHex(_ digits: ArraySlice<UInt8>) -> Bool {
        var (hasSmall, hasCapital) = (false, false)
        for digit in digits {
            guard PDFLexer.hexDigit(digit) != nil else { return false }
            if digit >= 0x61 { hasSmall = true } else if digit >= 0x41 { hasCapital = true }
        }
        return !(hasSmall && hasCapital)
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
            guard (try? lexer.value()) != nil else { return nil }
            if key == "Contents" { return start..<lexer.position }
        }
    }

    private mutating func decode(
        _ ranges: (first: Range<Int>, second: Range<Int>, gap: Range<Int>)
    ) -> CMSSignedData? {
        guard let contents = self.signed.dictionary["Contents"]?.string, let length = Self.derLength(contents) else {
            self.findings.structure.append("signature_is_not_cms")
            return nil
        }
        guard contents[length...].allSatisfy({ $0 == 0 }) else {
            self.findings.structure.append("padding_not_zero")
            return nil
        }
        guard let cms = try? CMSSignedData(Array(contents[..<length])) else {
            self.findings.structure.append("signature_is_not_cms")
            return nil
        }
        return cms
    }

    /// The length of the DER value at the beginning, header included.
    private static func derLength(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 2, bytes[0] == 0x30 else { return nil }
        if bytes[1] < 0x80 { return 2 + Int(bytes[1]) <= bytes.count ? 2 + Int(bytes[1]) : nil }
        let count = Int(bytes[1] & 0x7F)
        guard (1...4).contains(count), bytes.count > 2 + count else { return nil }
        let length = bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
        return 2 + count + length <= bytes.count ? 2 + count + length : nil
    }

    private mutating func checkForm(of cms: CMSSignedData, _ signer: CMSSignedData.Signer) {
        if cms.hasContent { self.findings.structure.append("content_inside_signature") }
        if !signer.isSorted { self.findings.cryptography.append("attributes_not_in_der_order") }
        guard self.isCAdES else { return }
        if cms.contentType != OID.data { self.findings.baseline.append("content_type_not_data") }
        if cms.version != 1 || signer.version != 1 { self.findings.baseline.append("version_not_1") }
        if cms.digestAlgorithms != [signer.digestAlgorithm] { self.findings.baseline.append("digest_algorithms") }
        if signer.attributes.contains(where: { $0.type == OID.signingTime }) {
            self.findings.baseline.append("signing_time_present")
        }
        if self.signed.dictionary["Cert"] != nil { self.findings.baseline.append("cert_entry_present") }
        if signer.signedAttributes == nil { self.findings.baseline.append("signed_attributes_missing") }
    }

    private func certificate(
        of signer: CMSSignedData.Signer, among certificates: [[UInt8]]
    ) -> Certificate? {
        for der in certificates {
            switch signer.identifier {
            case .issuerAndSerial(let issuer, let serial):
                guard let fields = try? CertificateFields(der), fields.issuer.elementsEqual(issuer),
                    fields.serial.elementsEqual(serial)
                else { continue }
                return try? Certificate(der)
            case .subjectKey(let key):
                guard let certificate = try? Certificate(der), certificate.subjectKeyIdentifier == Array(key) else {
                    continue
                }
                return certificate
            }
        }
        return nil
    }

    private mutating func checkDigest(
        _ ranges: (first: Range<Int>, second: Range<Int>, gap: Range<Int>), _ signer: CMSSignedData.Signer,
        _ scheme: SignatureScheme, _ certificate: Certificate
    ) {
        guard let attributes = signer.signedAttributes else {
            // Without attributes the key signed the file itself.
            let data = Array(self.bytes[ranges.first]) + self.bytes[ranges.second]
            if !certificate.verifies(signer.signature, over: data, scheme: scheme) {
                self.findings.cryptography.append("signature_wrong")
            }
            return
        }
        let digest = try? Digest.hash(scheme.digest, [self.bytes[ranges.first], self.bytes[ranges.second]])
        let stated = signer.values(of: OID.messageDigest).flatMap { values in
            values.count == 1 ? try? ASN1OctetString(derEncoded: values[0]).bytes : nil
        }
        if stated == nil || digest == nil || stated.map(Array.init) != digest {
            self.findings.cryptography.append("digest_differs")
        }
        let type = signer.values(of: OID.contentType).flatMap { values in
            values.count == 1 ? try? ASN1ObjectIdentifier(derEncoded: values[0]) : nil
        }
        if type != OID.data { self.findings.structure.append("content_type_attribute") }
        if !certificate.verifies(signer.signature, over: attributes, scheme: scheme) {
            self.findings.cryptography.append("signature_wrong")
        }
        self.checkAlgorithmProtection(signer)
    }

    /// RFC 6211: the attribute must name the very algorithms that are used.
    private mutating func checkAlgorithmProtection(_ signer: CMSSignedData.Signer) {
        guard signer.attributes.contains(where: { $0.type == OID.algorithmProtection }) else { return }
        guard let values = signer.values(of: OID.algorithmProtection), values.count == 1,
            let parts = try? values[0].constructed(.sequence), parts.count == 2,
            parts[0].encodedBytes.elementsEqual(signer.digestAlgorithmDER),
            parts[1].encodedBytes.dropFirst().elementsEqual(signer.signatureAlgorithmDER.dropFirst())
        else { return self.findings.cryptography.append("algorithm_protection") }
    }
}
