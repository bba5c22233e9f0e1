import Office
import Platform
import Postgres

/// What the handlers stand on.
final class Services: Sendable {
    let configuration: APIConfiguration
    let database: Database
    let blobs: BlobStore
    let signIn: SignIn
    let intake: FileIntake
    let desk: SigningDesk
    let metrics: Metrics
    /// The OpenAPI document, made once from the routes.
    let document: [UInt8]
    /// Whether the schema is the one that this program needs.
    let isSchemaCurrent: @Sendable () async throws -> Bool

    init(
        configuration: APIConfiguration,
        database: Database,
        blobs: BlobStore,
        signIn: SignIn,
        desk: SigningDesk,
        metrics: Metrics,
        document: [UInt8],
        isSchemaCurrent: @escaping @Sendable () async throws -> Bool
    ) {
        self.configuration = configuration
        self.database = database
        self.blobs = blobs
        self.signIn = signIn
        self.intake = FileIntake(blobs: blobs)
        self.desk = desk
        self.metrics = metrics
        self.document = document
        self.isSchemaCurrent = isSchemaCurrent
    }
}
