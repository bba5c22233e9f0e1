import Foundation

/// A stored file that is looked at as a whole.
enum PDFBytes {
    /// Bytes above which no page checks a file: it is held in memory while it is looked at.
    static let largest = 64 << 20

    /// Blocking. Nil when the file is not there or too large.
    static func read(_ path: String) -> [UInt8]? {
        guard let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int, size <= self.largest
        else { return nil }
        return FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
}
