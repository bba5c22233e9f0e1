import Foundation
import Logging
import Office
import PAdES
import Platform
import Postgres
import Signatures

/// What every command starts from: the settings, and what they lead to.
struct Installation {
    let configuration: Configuration
    let logger: Logger

    /// Reads the settings and makes the log of the process.
    ///
    /// - Parameter isForPerson: for commands that a person watches: only warnings run through what they print.
    init(isForPerson: Bool = false) throws {
        self.configuration = try Configuration()
        let name = try self.configuration.text(.logLevel)
        guard let configured = Logger.Level(rawValue: name) else {
            throw Failure(
                "log_level is '\(name)' (\(self.configuration.origin(of: .logLevel)))",
                "Use one of: " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
        }
        JSONLog.bootstrap(level: isForPerson ? max(.warning, configured) : configured)
        self.logger = Logger(label: "vanthu")
    }

    /// The database as the role that serves requests and jobs.
    func database() throws -> Database {
        let poolSize = try self.configuration.integer(.databasePool)
        return try self.database(.databaseUser, password: .databasePassword, poolSize: poolSize)
    }

    /// The database as the role that owns the schema: for migrations and for making tenants.
    func databaseAsOwner() throws -> Database {
        try self.database(.databaseOwner, password: .databaseOwnerPassword, poolSize: 1)
    }

    private func database(_ user: ConfigurationKey, password: ConfigurationKey, poolSize: Int) throws -> Database {
        var settings = DatabaseConfiguration(
            host: try self.databaseHost(), port: try self.configuration.integer(.databasePort),
            database: try self.configuration.text(.databaseName), user: try self.configuration.text(user),
            password: self.configuration.optional(password))
        settings.poolSize = poolSize
        return Database(settings, logger: self.logger)
    }

    /// The socket's folder as libpq wants it: absolute, or it would be a host's name, and with links followed, because scripts/run
    /// links to a shorter path where the folder's own is too long.
    private func databaseHost() throws -> String {
        let host = try self.configuration.databaseHost
        guard host.contains("/"), !host.contains(",") else { return host }
        return URL(fileURLWithPath: host).resolvingSymlinksInPath().path
    }

    /// The contents of files.
    func blobs() throws -> BlobStore {
        try BlobStore(folder: self.configuration.blobFolder)
    }

    /// The room where keys are used, with the signer behind it: the one that is configured, or `child`, which is started for this server.
    func serverKeys() throws -> (room: KeyRoom, child: SignerChild?) {
        let corporation = try self.configuration.text(.corporation)
        let settings = try self.authoritySettings()
        let timeStamps = try self.timeStamps()
        if let socket = self.configuration.optional(.signerSocket) {
            let room = KeyRoom(
                signerSocket: socket, corporation: corporation, settings: settings, timeStamps: timeStamps,
                verifier: self.verifier)
            return (room, nil)
        }
        let child = try SignerChild(self.configuration, logger: self.logger)
        let room = KeyRoom(
            signerSocket: child.socket, corporation: corporation, settings: settings, timeStamps: timeStamps,
            verifier: self.verifier)
        return (room, child)
    }

    /// The same with the signer inside this process: for commands of one moment, by whoever may read the key file.
    func keys() throws -> KeyRoom {
        try KeyRoom(
            secretFile: self.configuration.keyFile, corporation: self.configuration.text(.corporation),
            settings: self.authoritySettings(), timeStamps: self.timeStamps(), verifier: self.verifier)
    }

    /// Who is asked for time stamps.
    private func timeStamps() throws -> TimeStampServices {
        let file = try self.configuration.text(.configFolder) + "/time-stamps.json"
        do {
            return try TimeStampServices(file: file)
        } catch let fault as TimeStampServices.Fault {
            throw Failure("\(file) is wrong: \(fault)", "See README.md, Signing, for its form")
        }
    }

    /// What the internal CA writes into certificates, lists and answers.
    private func authoritySettings() throws -> AuthoritySettings {
        var settings = AuthoritySettings()
        let address = try self.configuration.optional(.pkiAddress) ?? self.configuration.text(.publicAddress)
        settings.address = String(address.reversed().drop { $0 == "/" }.reversed())
        settings.policy = self.configuration.optional(.certificatePolicy)
        settings.timeStampPolicy = try self.configuration.text(.timeStampPolicy)
        settings.listLifetime = try Int64(self.positive(.crlHours)) * 3600
        settings.offlineListLifetime = try Int64(self.positive(.offlineCRLDays)) * 86_400
        settings.answerLifetime = try Int64(self.positive(.ocspMinutes)) * 60
        settings.fetchTime = Int64(try self.positive(.fetchSeconds))
        settings.fetchPause = Int64(try self.configuration.integer(.fetchPauseSeconds))
        guard (0...3600).contains(settings.fetchPause) else {
            throw Failure(
                "fetch_pause_seconds is \(settings.fetchPause) (\(self.configuration.origin(of: .fetchPauseSeconds)))",
                "Write a number from 0 to 3600")
        }
        settings.privateHosts = Set(
            try self.configuration.text(.fetchPrivateHosts).lowercased().split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            })
        return settings
    }

    private func positive(_ key: ConfigurationKey) throws -> Int {
        let value = try self.configuration.integer(key)
        guard (1...100_000).contains(value) else {
            throw Failure(
                "\(key.name) is \(value) (\(self.configuration.origin(of: key)))", "Write a number from 1 to 100000")
        }
        return value
    }

    /// Which certificates may sign what.
    func signaturePolicy() throws -> SignaturePolicy {
        let file = try self.configuration.text(.configFolder) + "/signature-policy.json"
        do {
            return try SignaturePolicy(file: file)
        } catch {
            throw Failure("\(file) cannot be read as a signature policy", "See README.md, Signing, for its form")
        }
    }

    /// Looks at foreign files, in processes of this program.
    var verifier: FileVerifier { FileVerifier(.process(executable: "/proc/self/exe")) }

    /// Roots that are kept as files, besides the trust list of the database.
    func anchors() throws -> [Data] {
        let folder = try self.configuration.text(.configFolder) + "/trust"
        do throws(TrustAnchors.Failure) {
            return try TrustAnchors.folder(folder)
        } catch {
            throw Failure("\(error) in \(folder)", "Leave only certificates there, PEM or DER")
        }
    }

    /// What verifies files that arrive.
    func verification(_ database: Database, keys: KeyRoom) throws -> Verification {
        Verification(
            desk: SigningDesk(
                database: database, blobs: try self.blobs(), keys: keys,
                policy: try self.signaturePolicy()), verifier: self.verifier, anchors: try self.anchors(),
            archive: try self.archiveRules())
    }

    /// When what proves a signed file is to be renewed.
    func archiveRules() throws -> ArchiveRules {
        guard let ends = AlgorithmEnds(try self.configuration.text(.algorithmEnds)) else {
            throw Failure(
                "algorithm_ends is no list of algorithms and days (\(self.configuration.origin(of: .algorithmEnds)))",
                "Write it like SHA-1=2013-12-31, RSA-2048=2030-12-31")
        }
        return ArchiveRules(lead: .seconds(try self.positive(.archiveLeadDays) * 86_400), ends: ends)
    }

    /// Opens the remote signing services for as long as `body` runs.
    func withRemote(_ body: (RemoteServices) async throws -> Void) async throws {
        let file = try self.configuration.text(.configFolder) + "/remote-signing.json"
        let providers: [RemoteProvider]
        do {
            providers = try RemoteProvider.read(file)
        } catch RemoteSigningError.configuration(let place) {
            throw Failure("\(file) is wrong: \(place)", "Correct the entry and try again")
        }
        guard !providers.isEmpty else { return try await body(.none) }
        let transport = RemoteTransport()
        do {
            try await body(RemoteServices(providers, transport: transport))
            await transport.close()
        } catch {
            await transport.close()
            throw error
        }
    }

    /// The migrations of this release against `database`.
    func migrator(_ database: Database) throws -> Migrator {
        try Migrator(database: database, folder: self.configuration.text(.sqlFolder))
    }

    /// Opens a database for one command and closes it whatever happens.
    func with<Value>(_ database: Database, _ body: (Database) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}
