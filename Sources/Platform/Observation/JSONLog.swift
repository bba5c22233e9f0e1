import Foundation
public import Logging

/// Writes each event as one line of JSON: time, level, logger, message, request id, metadata.
///
/// A line is one `write`, so lines of several threads and processes do not mix.
public struct JSONLog: LogHandler {
    private let label: String
    private let descriptor: CInt
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    /// - Parameter descriptor: where lines go, standard error by default.
    public init(label: String, level: Logger.Level = .info, descriptor: CInt = STDERR_FILENO) {
        self.label = label
        self.logLevel = level
        self.descriptor = descriptor
    }

    /// Makes this the log of the whole process. To be called once, before the first logger is made.
    public static func bootstrap(level: Logger.Level) {
        LoggingSystem.bootstrap { label in JSONLog(label: label, level: level) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: #"{"time":"#.utf8)
        Self.append(Self.now(), to: &line)
        Self.append(field: "level", event.level.rawValue, to: &line)
        Self.append(field: "logger", self.label, to: &line)
        Self.append(field: "message", event.message.description, to: &line)
        if let id = RequestScope.id { Self.append(field: "request", id.uuidString.lowercased(), to: &line) }
        if let error = event.error { Self.append(field: "error", String(describing: error), to: &line) }
        var all = self.metadata
        all.merge(self.metadataProvider?.get() ?? [:]) { _, new in new }
        all.merge(event.metadata ?? [:]) { _, new in new }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            Self.append(field: key, value.description, to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        line.withUnsafeBytes { _ = write(self.descriptor, $0.baseAddress, $0.count) }
    }

    private static func append(field name: String, _ value: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: ","))
        Self.append(name, to: &line)
        line.append(UInt8(ascii: ":"))
        Self.append(value, to: &line)
    }

    /// A JSON string; control characters are escaped, so an event never spans two lines.
    private static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case UInt8(ascii: "\n"): line.append(contentsOf: "\\n".utf8)
            case 0..<0x20, 0x7F: line.append(contentsOf: "\\u00\([byte].hexadecimal)".utf8)
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    /// RFC 3339 in UTC with milliseconds, without a formatter's cost.
    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date =
            "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        let clock = "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
        return "\(date)T\(clock).\(digits(time.tv_nsec / 1_000_000, 3))Z"
    }
}
