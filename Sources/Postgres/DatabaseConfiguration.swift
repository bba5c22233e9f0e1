/// Where the database is, and the limits that its clients keep.
public struct DatabaseConfiguration: Sendable {
    /// The folder of the server's Unix socket (it starts with `/`), or a host name, or several with commas between.
    public var host: String
    /// The server's port; part of the socket's name too.
    public var port: Int
    /// The name of the database.
    public var database: String
    /// The role to log in as.
    public var user: String
    /// The role's password, where the server asks for one.
    public var password: String?
    /// How many connections the pool opens at most. Two to four a core of the database serve best.
    public var poolSize = 16
    /// How long a transaction waits for a free connection before it fails with `leaseTimeout`.
    public var leaseTimeout: Duration = .seconds(5)
    /// How long one statement may run, when the transaction sets no deadline of its own.
    public var statementTimeout: Duration = .seconds(30)
    /// How long a statement may wait for a lock.
    public var lockTimeout: Duration = .seconds(5)
    /// How long the server lets a transaction stand idle before it ends the connection.
    public var idleInTransactionTimeout: Duration = .seconds(10)
    /// How long making a connection may take; libpq rounds it to whole seconds and up to two.
    public var connectTimeout: Duration = .seconds(5)
    /// The name under which the server lists the connections.
    public var applicationName = "vanthu"
    /// Further settings of the session, such as `search_path`.
    public var settings: [String: String] = [:]
    /// Further libpq keywords, such as `sslmode`, `sslrootcert` and `channel_binding`.
    public var connectionParameters: [String: String] = [:]

    /// Names a database; everything else has a default.
    public init(host: String, port: Int = 5432, database: String, user: String, password: String? = nil) {
        (self.host, self.port, self.database, self.user, self.password) = (host, port, database, user, password)
    }

    /// The keywords and values that libpq connects with.
    var keywords: [(String, String)] {
        var keywords = [
            ("host", self.host), ("port", String(self.port)), ("dbname", self.database), ("user", self.user),
            ("application_name", self.applicationName), ("client_encoding", "UTF8"),
            ("connect_timeout", String(max(2, self.connectTimeout.components.seconds))),
            ("keepalives_idle", "30"), ("tcp_user_timeout", "15000"), ("options", self.options),
        ]
        if let password = self.password { keywords.append(("password", password)) }
        keywords += self.connectionParameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return keywords
    }

    /// The session's settings as command-line options of the server process, so that they cost no round trip.
    private var options: String {
        var settings = [
            "TimeZone": "Asia/Ho_Chi_Minh",
            "DateStyle": "ISO",
            "bytea_output": "hex",
            "client_min_messages": "warning",
            "statement_timeout": String(self.statementTimeout.milliseconds),
            "lock_timeout": String(self.lockTimeout.milliseconds),
            "idle_in_transaction_session_timeout": String(self.idleInTransactionTimeout.milliseconds),
        ]
        settings.merge(self.settings) { _, given in given }
        return settings.sorted { $0.key < $1.key }
            .map { name, value in "-c \(name)=\(Self.escaped(value))" }
            .joined(separator: " ")
    }

    /// Options are split at spaces; a backslash keeps the next character.
    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { escaped, character in
            if character == " " || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
