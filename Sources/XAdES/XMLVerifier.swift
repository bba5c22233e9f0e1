import PAdES

/// Verifies the XML signatures (XML-DSig, XAdES) of a document. It fetches nothing, runs nothing that came with the document and
/// takes no longer than its bounds allow.
public struct XMLVerifier: Sendable {
    /// Certificates (DER) that a path may end at.
    public var roots: [[UInt8]]
    /// Issuers (DER) that may lie on a path besides those in the document.
    public var intermediates: [[UInt8]]
    /// The time at which certificates must be valid where no time stamp proves one; `nil` is now.
    public var time: SigningTime?
    /// Files that references name, by the last part of their path. A single one under `""` stands for any name.
    public var contents: [String: DetachedContent]
    public var limits: XMLLimits

    public init(
        roots: [[UInt8]], intermediates: [[UInt8]] = [], time: SigningTime? = nil,
        contents: [String: DetachedContent] = [:], limits: XMLLimits = .standard
    ) {
        self.roots = roots
        self.intermediates = intermediates
        self.time = time
        self.contents = contents
        self.limits = limits
    }

    /// Judges every signature of a document. Whatever the bytes are, there is an answer.
    public func verify(_ bytes: [UInt8]) -> AdESReport {
        let document: XMLDocument
        do {
            document = try XMLDocument(bytes, limits: self.limits)
        } catch .malformed {
            return AdESReport(.xml, .error, XAdESError.malformed.code)
        } catch .library(let operation) {
            return AdESReport(.xml, .error, XAdESError.library(operation).code)
        } catch {
            return AdESReport(.xml, .refused, error.code)
        }
        guard document.signatures.count <= self.limits.signatures else {
            return AdESReport(.xml, .refused, "too_many_signatures")
        }
        return AdESReport(
            .xml,
            document.signatures.map { element in
                var check = XMLSignatureCheck(element, in: document, self)
                return check.run()
            })
    }

    func content(named name: String) -> DetachedContent? {
        let last = name.split(separator: "/").last.map { Self.decoded(String($0)) } ?? ""
        return self.contents[last] ?? (self.contents.count == 1 ? self.contents[""] : nil)
    }

    /// Without percent signs.
    private static func decoded(_ name: String) -> String {
        var (bytes, rest) = ([UInt8](), Array(name.utf8)[...])
        while let byte = rest.popFirst() {
            if byte == 0x25, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
