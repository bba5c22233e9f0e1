import CLinux
import Foundation
import Glibc
import Logging
import Synchronization

/// The signer as a process: it answers on a local socket whoever the kernel says is the server's user, and nobody else.
public final class SignerServer: Sendable {
    private let socket: CInt
    private let path: String
    private let users: Set<UInt32>
    private let connections = Mutex(0)

    private static let mostConnections = 128

    /// Binds the socket (mode 666 in a folder of its own: who may ask is decided by user). One that a killed signer has left behind is taken
    /// away. Throws `POSIXError`.
    public init(path: String, users: Set<UInt32>) throws {
        unlink(path)
        self.socket = try LocalSocket.open(at: path) { bind($0, $1, $2) }
        self.path = path
        self.users = users
        guard chmod(path, 0o666) == 0, listen(self.socket, 64) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    deinit {
        close(self.socket)
        unlink(self.path)
    }

    /// Answers for ever, each connection on a thread of its own.
    public func run(_ service: SignerService, logger: Logger) -> Never {
        while true {
            let connection = vanthu_accept(self.socket)
            guard connection >= 0 else {
                // Too many open files, or a caller that went away: the next one may do better.
                if errno != EINTR { usleep(10_000) }
                continue
            }
            var user = UInt32.max
            guard vanthu_peer(connection, &user) == 0, self.users.contains(user) else {
                logger.warning("signer asked by a user who may not", metadata: ["uid": "\(user)"])
                close(connection)
                continue
            }
            let isAccepted = self.connections.withLock { count in
                guard count < Self.mostConnections else { return false }
                count += 1
                return true
            }
            guard isAccepted else {
                close(connection)
                continue
            }
            let thread = Thread {
                SignerFrame.limit(connection, seconds: 30)
                if let asked = try? SignerFrame.read(SignerRequest.self, from: connection) {
                    let reply = service.answer(asked.body, pin: asked.pin)
                    if case .failed(let reason) = reply {
                        logger.error("signer failed", metadata: ["reason": "\(reason)"])
                    }
                    try? SignerFrame.write(reply, pin: nil, to: connection)
                }
                close(connection)
                self.connections.withLock { $0 -= 1 }
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }

    /// Makes this process one that keeps secrets: no core file, no tracing by others, memory out of swap where the system allows it. Says
    /// whether memory is locked as a whole. Throws `POSIXError`.
    public static func harden() throws -> Bool {
        guard vanthu_forbid_dumps() == 0 else { throw POSIXError(.EPERM) }
        return vanthu_lock_memory() == 0
    }

    /// Starts this program anew, in this process, as another user and without any way back. Anew, because a thread that has ended its
    /// Swift life (the first one has) would keep the old user. Throws `POSIXError` when that fails.
    public static func become(user: UInt32, group: UInt32) throws {
        _ = vanthu_unlimit_locking()
        var groups = group
        guard setgroups(1, &groups) == 0, setgid(group) == 0, setuid(user) == 0, setuid(0) != 0 else {
            throw POSIXError(.EPERM)
        }
        var words = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &words)
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
}
