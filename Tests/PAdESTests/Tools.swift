import Foundation
import Testing

/// Runs other programs: the independent judges, and OpenSSL's command as a signing device that shares no code with ours.
enum Tools {
    struct Output {
        var status: Int32
        var text: String
        var bytes: [UInt8]
    }

    static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func has(_ name: String) -> Bool { self.path(of: name) != nil }

    /// The Python of a virtual environment with pyHanko, named by VANTHU_VENV.
    static let python: String? = {
        guard let folder = ProcessInfo.processInfo.environment["VANTHU_VENV"] else { return nil }
        let path = folder + "/bin/python3"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    static func run(_ name: String, _ arguments: [String]) throws -> Output {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(name.hasPrefix("/") ? name : self.path(of: name)))
        process.arguments = arguments
        // Output goes to a file: a pipe would fill up while nobody reads.
        let folder = try TemporaryFolder()
        let file = folder.path("output")
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        return Output(status: process.terminationStatus, text: String(decoding: bytes, as: UTF8.self), bytes: bytes)
    }
}

/// A folder that is removed with its owner.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        self.url = FileManager.default.temporaryDirectory.appendingPathComponent("pades-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: self.url) }

    func path(_ name: String) -> String { self.url.appendingPathComponent(name).path }

    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: self.url.appendingPathComponent(name))
        return self.path(name)
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self.url.appendingPathComponent(name)))
    }
}

/// Reproducible random numbers (SplitMix64), so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
