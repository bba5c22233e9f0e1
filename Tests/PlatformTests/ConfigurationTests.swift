import Foundation
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    /// A configuration from this file content and environment.
    private func read(_ json: String?, _ environment: [String: String] = [:]) throws -> Configuration {
        let path = NSTemporaryDirectory() + "vanthu-\(UUID().uuidString).json"
        if let json { try Data(json.utf8).write(to: URL(fileURLWithPath: path)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Configuration(file: path, environment: environment)
    }

    @Test("The environment goes before the file, the file before the default, and each value tells where it came from")
    func eachValueTellsWhereItCameFrom() throws {
        let configuration = try self.read(
            #"{"port": 9000, "database_name": "of the file", "trust_forwarded_for": true}"#,
            ["VANTHU_PORT": "9001", "PATH": "/x"])
        #expect(try configuration.integer(.port) == 9001)
        #expect(configuration.origin(of: .port) == .environment("VANTHU_PORT"))
        #expect(try configuration.text(.databaseName) == "of the file")
        #expect(configuration.origin(of: .databaseName).description.hasPrefix("file /"))
        #expect(try configuration.boolean(.trustForwardedFor))
        #expect(try configuration.text(.databaseUser) == "vanthu_app")
        #expect(configuration.origin(of: .databaseUser) == .fallback)
    }

    @Test("What is not said is put together from the folder of everything")
    func foldersArePutTogether() throws {
        let configuration = try self.read(nil, ["VANTHU_DATA": "/srv/vanthu"])
        #expect(try configuration.blobFolder == "/srv/vanthu/blobs")
        #expect(try configuration.databaseHost == "/srv/vanthu/run")
        #expect(try configuration.keyFile == "/srv/vanthu/keys/secret")
        #expect(try self.read(nil, ["VANTHU_DATABASE_HOST": "db"]).databaseHost == "db")
    }

    @Test("An unknown key is an error that names it, wherever it stands")
    func anUnknownKeyIsAnError() throws {
        #expect(throws: Configuration.Mistake.unknownKey("prot", .environment("VANTHU_PROT"))) {
            try self.read(nil, ["VANTHU_PROT": "1"])
        }
        let error = #expect(throws: Configuration.Mistake.self) { try self.read(#"{"prot": 1}"#) }
        #expect(error?.description.hasPrefix("unknown key prot (file /") == true)
        #expect(throws: Never.self) { try self.read(nil, ["VANTHU_TEST_SOCKET": "/x"]) }
    }

    @Test("A value of the wrong kind is an error that names the key and not the value")
    func aWrongKindIsAnError() throws {
        let error = #expect(throws: Configuration.Mistake.self) { try self.read(nil, ["VANTHU_PORT": "geheim"]) }
        #expect(error == .invalid("port", .integer, .environment("VANTHU_PORT")))
        #expect(error?.description.contains("geheim") == false)
        #expect(throws: Configuration.Mistake.self) { try self.read("[]") }
        #expect(throws: Configuration.Mistake.self) { try self.read(#"{"port": {"a": 1}}"#) }
        #expect(throws: Configuration.Mistake.self) { try self.read(nil, ["VANTHU_CONFIG": "/nowhere.json"]) }
    }

    @Test("Secrets are masked when everything is printed")
    func secretsAreMasked() throws {
        let configuration = try self.read(nil, ["VANTHU_DATABASE_PASSWORD": "geheim"])
        #expect(configuration.optional(.databasePassword) == "geheim")
        #expect(configuration.entries.count == ConfigurationKey.all.count)
        #expect(configuration.entries.allSatisfy { $0.shown != "geheim" })
        #expect(configuration.entries.first { $0.key == .databasePassword }?.shown == "***")
        #expect(configuration.entries.first { $0.key == .databaseOwnerPassword }?.shown == nil)
    }

    @Test("Every key has its own name, a meaning, and a default of its kind")
    func everyKeyIsWhole() throws {
        #expect(Set(ConfigurationKey.all.map(\.name)).count == ConfigurationKey.all.count)
        let configuration = try self.read(nil)
        for key in ConfigurationKey.all {
            #expect(key.meaning.hasSuffix("."))
            switch key.kind {
            case .integer: _ = try configuration.integer(key)
            case .boolean: _ = try configuration.boolean(key)
            case .text: break
            }
        }
    }

    @Test("The configuration and the holidays that ship are understood")
    func whatShipsIsUnderstood() throws {
        let folder = TestCluster.packageRoot + "/Config"
        let configuration = try Configuration(file: folder + "/vanthu.json", environment: [:])
        #expect(configuration.origin(of: .port) == .file(folder + "/vanthu.json"))
        let calendar = try WorkingCalendar(file: folder + "/holidays.json")
        // Quốc khánh: Labour Code 2019, article 112.
        #expect(calendar.holidays.contains(try #require(CalendarDate("2026-09-02"))))
    }
}
