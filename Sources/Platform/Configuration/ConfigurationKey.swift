/// A value that a deployer may set: in `Config/vanthu.json` under ``name``, or as an environment variable.
public struct ConfigurationKey: Sendable, Hashable {
    /// What the value's text is read as.
    public enum Kind: String, Sendable {
        case text, integer, boolean
    }

    /// snake_case; the environment variable is `VANTHU_` and the name in capitals.
    public let name: String
    public let kind: Kind
    /// What holds when nobody says anything; `nil` where the value may be absent.
    public let fallback: String?
    /// Whether the value is never printed.
    public let isSecret: Bool
    /// One sentence for the table in README.md and for `vanthu config`.
    public let meaning: String

    public init(_ name: String, _ kind: Kind, _ fallback: String?, isSecret: Bool = false, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.isSecret = isSecret
        self.meaning = meaning
    }

    public var environmentName: String { "VANTHU_" + self.name.uppercased() }
}

extension ConfigurationKey {
    public static let data = Self("data", .text, ".data", "Folder of everything the installation writes.")
    public static let host = Self("host", .text, "127.0.0.1", "Address the server listens on.")
    public static let port = Self("port", .integer, "8080", "Port the server listens on.")
    public static let publicAddress = Self(
        "public_address", .text, "http://127.0.0.1:8080", "How people reach the server; https makes cookies secure.")
    public static let trustForwardedFor = Self(
        "trust_forwarded_for", .boolean, "false", "Whether a reverse proxy's X-Forwarded-For names the caller.")
    public static let databaseHost = Self(
        "database_host", .text, nil,
        "Folder of PostgreSQL's socket, or a host name; without it the embedded cluster in data.")
    public static let databasePort = Self("database_port", .integer, "5432", "PostgreSQL's port.")
    public static let databaseName = Self("database_name", .text, "vanthu", "Name of the database.")
    public static let databaseUser = Self("database_user", .text, "vanthu_app", "Role that serves requests and jobs.")
    public static let databaseOwner = Self("database_owner", .text, "vanthu_owner", "Role that migrates.")
    public static let databasePassword = Self(
        "database_password", .text, nil, isSecret: true, "Password of database_user; not needed over the socket.")
    public static let databaseOwnerPassword = Self(
        "database_owner_password", .text, nil, isSecret: true, "Password of database_owner; not needed over the socket."
    )
    public static let databasePool = Self(
        "database_pool", .integer, "4",
        "Connections a process keeps; about twice the cores of the database.")
    public static let sqlFolder = Self("sql_folder", .text, "sql/migrations", "Folder of the migrations.")
    public static let configFolder = Self(
        "config_folder", .text, "Config", "Folder of document types, workflows, holidays and templates.")
    public static let pagesFolder = Self(
        "pages_folder", .text, "Sources/Web", "Folder of the pages' templates, words, styles and script.")
    public static let blobFolder = Self(
        "blob_folder", .text, nil, "Folder of the contents of files; without it blobs in data.")
    public static let keyFile = Self(
        "key_file", .text, nil, "File with the secret that wraps soft keys; without it keys/secret in data.")
    public static let signerSocket = Self(
        "signer_socket", .text, nil,
        "Socket of a signer that runs by itself; without it the server starts one of its own.")
    public static let signerUser = Self(
        "signer_user", .text, nil, "User that a signer started by root becomes, to whom the key file belongs.")
    public static let signerClient = Self(
        "signer_client", .text, nil,
        "User of the server, where it is another one than the signer's; nobody else is answered.")
    public static let corporation = Self(
        "corporation", .text, "Tổng công ty Bưu điện Việt Nam",
        "The corporation that the organisations belong to: on their seals and in the internal CA's name.")
    public static let pkiAddress = Self(
        "pki_address", .text, nil,
        "Where revocation lists, OCSP and CA certificates are found, written into every certificate; without it public_address."
    )
    public static let certificatePolicy = Self(
        "certificate_policy", .text, nil, "Policy (OID) that the internal CA's certificates name; none without it.")
    public static let timeStampPolicy = Self(
        "time_stamp_policy", .text, "1.3.6.1.4.1.32473.1.1",
        "Policy (OID) of time stamps; to be replaced by one under the corporation's own number.")
    public static let crlHours = Self(
        "crl_hours", .integer, "24", "Hours after which a revocation list must be followed by the next one.")
    public static let offlineCRLDays = Self(
        "offline_crl_days", .integer, "365", "The same, in days, for the list of a root that is kept offline.")
    public static let ocspMinutes = Self("ocsp_minutes", .integer, "60", "Minutes for which an OCSP response holds.")
    public static let fetchPrivateHosts = Self(
        "fetch_private_hosts", .text, "",
        "Hosts in private networks, divided by commas, that lists, OCSP answers and time stamps of others may be fetched from."
    )
    public static let fetchSeconds = Self(
        "fetch_seconds", .integer, "10", "Seconds that a list or an OCSP answer of another CA may take.")
    public static let fetchPauseSeconds = Self(
        "fetch_pause_seconds", .integer, "30",
        "Seconds for which an address of others that did not answer is not asked again.")
    public static let archiveLeadDays = Self(
        "archive_lead_days", .integer, "180",
        "Days before the end of what proves a signed file at which it is renewed; fewer than the 365 for which a new time-stamp certificate lasts at least."
    )
    public static let algorithmEnds = Self(
        "algorithm_ends", .text, "MD5=2004-12-31, SHA-1=2013-12-31, RSA-1024=2013-12-31, RSA-2048=2030-12-31",
        "Algorithms and the last day they prove anything; what rests on them is renewed before.")
    public static let openRequests = Self(
        "open_requests", .integer, "600",
        "Requests a minute from one address for revocation lists, OCSP and time stamps, which need no account.")
    public static let agentAddress = Self(
        "agent_address", .text, "http://127.0.0.1:18754",
        "Where pages look for vanthu agent, on the machine of the person who signs with a token.")
    public static let uploadLimit = Self("upload_limit", .integer, "209715200", "Bytes of one uploaded file.")
    public static let sessionHours = Self("session_hours", .integer, "12", "Hours after which people sign in again.")
    public static let signingSeconds = Self(
        "signing_seconds", .integer, "300", "Seconds that a document prepared for signing waits for its signature.")
    public static let passwordThreads = Self(
        "password_threads", .integer, "2", "Passwords checked at once; each takes 19 MiB and a core for a moment.")
    public static let jobSlots = Self("job_slots", .integer, "4", "Background jobs a process runs at once.")
    public static let logLevel = Self(
        "log_level", .text, "info", "trace, debug, info, notice, warning, error or critical.")

    /// All keys there are, in the order in which they are printed.
    public static let all: [ConfigurationKey] = [
        .data, .host, .port, .publicAddress, .trustForwardedFor, .databaseHost, .databasePort, .databaseName,
        .databaseUser,
        .databaseOwner, .databasePassword, .databaseOwnerPassword, .databasePool, .sqlFolder, .configFolder,
        .pagesFolder,
        .blobFolder,
        .keyFile, .signerSocket, .signerUser, .signerClient,
        .corporation, .agentAddress, .pkiAddress, .certificatePolicy, .timeStampPolicy, .crlHours,
        .offlineCRLDays,
        .ocspMinutes,
        .archiveLeadDays, .algorithmEnds, .openRequests, .fetchPrivateHosts, .fetchSeconds, .fetchPauseSeconds,
        .uploadLimit, .sessionHours,
        .signingSeconds, .passwordThreads, .jobSlots,
        .logLevel,
    ]
}
