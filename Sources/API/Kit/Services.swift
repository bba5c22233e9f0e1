import Office
import Platform
import Postgres

/// What the handlers stand on.
package final class Services: Sendable {
    package let configuration: APIConfiguration
    package let database: Database
    package let blobs: BlobStore
    package let signIn: SignIn
    package let intake: FileIntake
    package let desk: SigningDesk
    package let verification: Verification
    package let metrics: Metrics
    /// For what anybody may ask without an account.
    let pace: Pace
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
        verification: Verification,
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
        self.verification = verification
        self.metrics = metrics
        self.pace = Pace(limit: configuration.openRequests)
        self.document = document
        self.isSchemaCurrent = isSchemaCurrent
    }
}
