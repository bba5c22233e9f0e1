import Foundation
import PAdES

/// Certificates that an administrator keeps as files: the roots that a path may end at.
public enum TrustAnchors {
    /// Why a file of the folder is no certificate to trust.
    public enum Failure: Error, Hashable, Sendable {
        case unreadable(path: String)
        /// Neither a certificate in DER nor PEM with at least one.
        case noCertificate(path: String)
    }

    /// Files of a folder that hold certificates, by their names' endings.
    private static let endings = ["pem", "crt", "cer", "der"]

    /// Every certificate of the files in a folder, DER, by the files' names; none when the folder is not there.
    public static func folder(_ path: String) throws(Failure) -> [Data] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var found: [Data] = []
        for name in names.sorted() where self.endings.contains((name as NSString).pathExtension.lowercased()) {
            found += try self.file(path + "/" + name)
        }
        return found
    }

    /// The certificates of one file, DER.
    public static func file(_ path: String) throws(Failure) -> [Data] {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        let begin = Data("-----BEGIN CERTIFICATE-----".utf8)
        guard data.range(of: begin) != nil else {
            guard CertificateText(der: [UInt8](data)) != nil else { throw .noCertificate(path: path) }
            return [data]
        }
        var found: [Data] = []
        var rest = data[...]
        while let start = rest.range(of: begin), let end = rest[start.upperBound...].range(of: Data("-----END".utf8)) {
            let body = rest[start.upperBound..<end.lowerBound].filter { !$0.isSpace }
            guard let der = Data(base64Encoded: Data(body)), CertificateText(der: [UInt8](der)) != nil else {
                throw .noCertificate(path: path)
            }
            found.append(der)
            rest = rest[end.upperBound...]
        }
        guard !found.isEmpty else { throw .noCertificate(path: path) }
        return found
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
