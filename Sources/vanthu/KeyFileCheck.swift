import Foundation
import Logging
import Platform
import Postgres
import ServiceLifecycle
import Signatures

/// Ends a server whose key file is not the one that the database's keys are under, as soon as the database can be asked. Otherwise every
/// signature, list and answer would fail, one request at a time.
struct KeyFileCheck: Service {
    let keys: KeyRoom
    let database: Database
    /// Where the settings say that the key file is.
    let file: String
    let logger: Logger

    /// Throws ``Failure`` that says what to do.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.keys.ensureOwnSecret(in: self.database)
                    break
                } catch is ForeignKeyFile {
                    throw Failure(
                        "the keys in the database are under another secret than that of the key file \(self.file)",
                        """
                        Put the key file of the server that made them there (mode 600), or name it as key_file, or its signer as \
                        signer_socket: all servers of one database share one. If it is lost, restore it from a backup: nothing else opens those keys
                        """)
                } catch {
                    // A database that is away or not migrated yet, or a signer that starts anew.
                    self.logger.debug("the key file is not checked yet", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(5))
                }
            }
        }
        try? await gracefulShutdown()
    }
}
