import Foundation
import Glibc
import Logging
import ServiceLifecycle

/// Ends the process when its services do not: what blocks in somebody else's code, as a token's driver that waits for its PIN pad, hears
/// neither shutdown nor cancellation. Whatever is cut off survives that as it survives `kill -9`.
struct Deadline: Service {
    let seconds: Int
    let logger: Logger

    // The last of the services is told first, so this one is over at once, and its thread counts.
    func run() async throws {
        try? await gracefulShutdown()
        let (seconds, logger) = (self.seconds, self.logger)
        Thread {
            // Nothing is waited for by guess: this is the bound itself, on a thread that no stuck queue holds up.
            Thread.sleep(forTimeInterval: TimeInterval(seconds))
            logger.error("did not end in time; cut off", metadata: ["seconds": "\(seconds)"])
            _exit(1)
        }.start()
    }
}
