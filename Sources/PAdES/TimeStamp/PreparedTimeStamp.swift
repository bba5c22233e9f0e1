/// A document time stamp whose bytes are fixed and whose token is still to come (EN 319 142-1, 5.4.3): after the evidence of level
/// B-LT it makes B-LTA, and another one later renews that.
///
/// It is a value that may be stored (`Codable`).
public struct PreparedTimeStamp: Sendable, Hashable, Codable {
    /// What is appended to the file; the token's space is still zero.
    let appended: [UInt8]
    let baseLength: Int
    let byteRange: [Int]
    /// The full name of the field, which shows nothing.
    public let fieldName: String
    /// What the authority is to be asked.
    public let request: TimeStampRequest

    /// What the names of these fields begin with; a number follows.
    public static let fieldNamePrefix = "vanthu-time-"

    /// Fixes every byte of a document time stamp but its token. Reads and hashes the file once.
    ///
    /// No earlier signature forbids it: evidence and time stamps are exempt from DocMDP and FieldMDP (ISO 32000-2, 12.8.2.2).
    /// - Parameter reserved: bytes kept for the token. An authority with a long chain needs some 5,000.
    /// - Throws: what `PDFInspection` throws of a broken file, and `encrypted` and `hybridCrossReference` of one that is not extended.
    public static func prepare(_ pdf: [UInt8], reserved: Int = 12_288) throws(PDFError) -> PreparedTimeStamp {
        let file = try PDFFile(pdf, reading: .extending)
        try file.ensurePermission(toAddFields: true)
        var editor = try FormEditor(file)
        let pages = try file.pages(in: file.lastView)
        guard let page = pages.first else { throw .noSuchPage(0) }
        let taken = Set(try file.fields(in: file.lastView).map(\.name))
        var number = 1
        while taken.contains(Self.fieldNamePrefix + String(number)) { number += 1 }
        let name = Self.fieldNamePrefix + String(number)
        let signature = editor.update.reserve()
        _ = try editor.addField(
            name, ["FT": .name("Sig"), "F": .integer(132), "V": .reference(signature)], page: page, rectangle: nil)
        try editor.editForm { $0["SigFlags"] = .integer(3) }
        try editor.declareExtension()
        let space = try SignatureSpace(
            head: [
                "Type": .name("DocTimeStamp"), "Filter": .name("Adobe.PPKLite"), "SubFilter": .name("ETSI.RFC3161"),
            ], rest: [:], reserved: reserved, as: signature, in: &editor)
        return PreparedTimeStamp(
            appended: space.appended, baseLength: space.baseLength, byteRange: space.byteRange, fieldName: name,
            request: try TimeStampRequest(imprint: try space.hash(.sha256, over: pdf)))
    }

    /// The bytes to append to the prepared file, with the token of the authority's answer in them.
    /// - Throws: `timeStampRefused`, `timeStampUnusable`, `signatureTooLarge`.
    public func completing(with response: [UInt8]) throws(PDFError) -> [UInt8] {
        let space = SignatureSpace(appended: self.appended, baseLength: self.baseLength, byteRange: self.byteRange)
        guard let space else { throw .baseChanged }
        return try space.filled(with: try self.request.token(in: response).der)
    }
}
