import CLibPQ
import Glibc
import Logging

/// The life of a listener's thread: connect, listen, wait, and again.
struct ListenLoop: ~Copyable {
    private let configuration: DatabaseConfiguration
    private let channels: [String]
    private let wakePipe: WakePipe
    private let events: AsyncStream<Listener.Event>.Continuation
    private let logger: Logger
    private let notices: NoticeLog
    /// Whether the consumer must be told to look at the tables before it hears anything else.
    private var hasMissed = false

    private static let backOff = (shortest: Int32(100), longest: Int32(5000))  // milliseconds

    init(
        configuration: DatabaseConfiguration,
        channels: [String],
        wakePipe: WakePipe,
        events: AsyncStream<Listener.Event>.Continuation,
        logger: Logger
    ) {
        self.configuration = configuration
        self.channels = channels
        self.wakePipe = wakePipe
        self.events = events
        self.logger = logger
        self.notices = NoticeLog(logger: logger)
    }

    /// Returns when the wake pipe is woken.
    mutating func run() {
        var delay = Self.backOff.shortest
        while true {
            if let connection = self.connect() {
                delay = Self.backOff.shortest
                self.hasMissed = true
                self.listen(on: connection)
                PQfinish(connection)
            }
            if self.wait(on: nil, milliseconds: delay) == .woken { return }
            self.logger.info("listener is not connected, connecting again")
            delay = min(delay * 2, Self.backOff.longest)
        }
    }

    private func connect() -> OpaquePointer? {
        let connection = PQ.connect(self.configuration)
        guard PQstatus(connection) == CONNECTION_OK else {
            PQfinish(connection)
            return nil
        }
        if let connection { self.notices.attach(to: connection) }
        for channel in self.channels {
            let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            let result = PQexec(connection, "LISTEN \"\(quoted)\"")
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else {
                PQfinish(connection)
                return nil
            }
        }
        return connection
    }

    /// Passes notifications on until the connection is lost or the wake pipe is woken.
    private mutating func listen(on connection: OpaquePointer) {
        repeat {
            self.flush()
            // What the connection brought along while it was made is here already, so read before waiting.
            guard PQconsumeInput(connection) == 1 else { return }
            while let notification = PQnotifies(connection) {
                defer { PQfreemem(notification) }
                self.deliver(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)
                )
            }
            // While something was missed, look now and then whether the consumer has room again.
        } while self.wait(on: connection, milliseconds: self.hasMissed ? 100 : -1) != .woken
    }

    /// Passes a notification on, or remembers that one was missed.
    mutating func deliver(channel: String, payload: String) {
        self.flush()
        // What is missed already is covered by the `.resynchronise` to come.
        guard !self.hasMissed else { return }
        if case .dropped = self.events.yield(.notification(channel: channel, payload: payload)) {
            self.hasMissed = true
        }
    }

    private mutating func flush() {
        guard self.hasMissed else { return }
        if case .dropped = self.events.yield(.resynchronise) { return }
        self.hasMissed = false
    }

    private enum Wakening {
        case readable, timedOut, woken
    }

    /// Waits for the connection's socket or the wake pipe; for ever when the time is negative.
    private func wait(on connection: OpaquePointer?, milliseconds: Int32) -> Wakening {
        var descriptors = [
            pollfd(fd: self.wakePipe.reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: connection.map { PQsocket($0) } ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&descriptors, 2, milliseconds)
            if count < 0, errno == EINTR { continue }
            if descriptors[0].revents != 0 { return .woken }
            return count > 0 ? .readable : .timedOut
        }
    }
}
