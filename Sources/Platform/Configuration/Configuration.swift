public import Foundation

/// The values of ``ConfigurationKey``, each with where it came from: the environment, else the file, else the fallback.
public struct Configuration: Sendable {
    /// Where a value came from.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        case environment(String)
        case file(String)
        case fallback

        public var description: String {
            switch self {
            case .environment(let name): "environment \(name)"
            case .file(let path): "file \(path)"
            case .fallback: "default"
            }
        }
    }

    /// What is wrong with a configuration, naming the key. Never holds a value.
    public enum Mistake: Error, Hashable, CustomStringConvertible {
        case unreadable(file: String)
        case notAnObject(file: String)
        case unknownKey(String, Origin)
        case invalid(String, ConfigurationKey.Kind, Origin)
        case missing(String)

        public var description: String {
            switch self {
            case .unreadable(let file): "\(file) cannot be read"
            case .notAnObject(let file): "\(file) is not a JSON object of texts, numbers and booleans"
            case .unknownKey(let key, let origin): "unknown key \(key) (\(origin))"
            case .invalid(let key, let kind, let origin): "\(key) must be \(kind.rawValue) (\(origin))"
            case .missing(let key): "\(key) must be set, by file or as VANTHU_\(key.uppercased())"
            }
        }
    }

    /// One value of the configuration as it may be shown to anybody.
    public struct Entry: Sendable {
        public let key: ConfigurationKey
        /// Secrets read `***`; an absent value is `nil`.
        public let shown: String?
        public let origin: Origin
    }

    private var values: [String: (text: String, origin: Origin)] = [:]

    /// Variables that begin like ours and are not of the configuration: where the file is, and what the tests need.
    private static func isForeign(_ variable: String) -> Bool {
        variable == "VANTHU_CONFIG" || variable.hasPrefix("VANTHU_TEST_")
    }

    /// Reads file and environment.
    ///
    /// - Parameters:
    ///   - file: JSON. It may be absent unless it was asked for by `VANTHU_CONFIG`, which goes before this argument.
    ///   - environment: only names that begin with `VANTHU_` are looked at.
    /// - Throws: ``Mistake``; an unknown key is one.
    public init(
        file: String = "Config/vanthu.json", environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let path = environment["VANTHU_CONFIG"] ?? file
        if let data = FileManager.default.contents(atPath: path) {
            guard let object = try? JSONDecoder().decode([String: Scalar].self, from: data) else {
                throw Mistake.notAnObject(file: path)
            }
            for (name, scalar) in object.sorted(by: { $0.key < $1.key }) {
                try self.set(name, scalar.text, .file(path))
            }
        } else if environment["VANTHU_CONFIG"] != nil {
            throw Mistake.unreadable(file: path)
        }
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("VANTHU_") {
            if Self.isForeign(variable) { continue }
            try self.set(variable.dropFirst("VANTHU_".count).lowercased(), text, .environment(variable))
        }
    }

    private mutating func set(_ name: String, _ text: String, _ origin: Origin) throws(Mistake) {
        guard let key = ConfigurationKey.all.first(where: { $0.name == name }) else { throw .unknownKey(name, origin) }
        switch key.kind {
        case .text: break
        case .integer: guard Int(text) != nil else { throw .invalid(name, .integer, origin) }
        case .boolean: guard Bool(text) != nil else { throw .invalid(name, .boolean, origin) }
        }
        self.values[name] = (text, origin)
    }

    /// The text of a key, or `nil` when it has neither value nor fallback.
    public func optional(_ key: ConfigurationKey) -> String? {
        self.values[key.name]?.text ?? key.fallback
    }

    /// - Throws: ``Mistake/missing(_:)``.
    public func text(_ key: ConfigurationKey) throws(Mistake) -> String {
        guard let text = self.optional(key) else { throw .missing(key.name) }
        return text
    }

    /// - Throws: ``Mistake/missing(_:)``.
    public func integer(_ key: ConfigurationKey) throws(Mistake) -> Int {
        guard let value = Int(try self.text(key)) else { throw .invalid(key.name, .integer, self.origin(of: key)) }
        return value
    }

    /// - Throws: ``Mistake/missing(_:)``.
    public func boolean(_ key: ConfigurationKey) throws(Mistake) -> Bool {
        guard let value = Bool(try self.text(key)) else { throw .invalid(key.name, .boolean, self.origin(of: key)) }
        return value
    }

    /// Where the value of a key came from.
    public func origin(of key: ConfigurationKey) -> Origin {
        self.values[key.name]?.origin ?? .fallback
    }

    /// Everything, for `vanthu config`; secrets are masked.
    public var entries: [Entry] {
        ConfigurationKey.all.map { key in
            let text = self.optional(key)
            return Entry(key: key, shown: key.isSecret ? text.map { _ in "***" } : text, origin: self.origin(of: key))
        }
    }

    /// The text of a key, else a place in the folder of everything.
    private func text(_ key: ConfigurationKey, else place: String) throws(Mistake) -> String {
        if let text = self.optional(key) { return text }
        return try self.text(.data) + place
    }

    // MARK: Folders and the database, put together

    /// Folder of the contents of files.
    public var blobFolder: String {
        get throws(Mistake) { try self.text(.blobFolder, else: "/blobs") }
    }

    /// File with the secret that wraps soft keys.
    public var keyFile: String {
        get throws(Mistake) { try self.text(.keyFile, else: "/keys/secret") }
    }

    /// Folder of the sockets of signers that servers start for themselves.
    public var signerFolder: String {
        get throws(Mistake) { try self.text(.data) + "/signer" }
    }

    /// Where a signer listens that is started by hand.
    public var signerSocket: String {
        get throws(Mistake) { try self.text(.signerSocket, else: "/signer/socket") }
    }

    /// Folder of PostgreSQL's socket, or its host.
    public var databaseHost: String {
        get throws(Mistake) { try self.text(.databaseHost, else: "/run") }
    }
}

/// A text, number or boolean in the file, kept as text.
private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self.text = String(value)
        } else if let value = try? container.decode(Int.self) {
            self.text = String(value)
        } else {
            self.text = try container.decode(String.self)
        }
    }
}
