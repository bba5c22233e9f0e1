import CLibPQ
import Glibc
public import Logging
import Synchronization

/// Hears NOTIFY on a connection of its own, which it makes anew whenever it is lost.
///
/// A notification that is sent while nobody listens is lost, so `.resynchronise` comes after every (re)connection, and whenever
/// the consumer was too slow to keep all: consumers then look at the tables. There is one sequence for one consumer.
public final class Listener: AsyncSequence, Sendable {
    /// What a consumer hears.
    public enum Event: Sendable, Hashable {
        /// Somebody notified a channel. The payload carries ids, never content.
        case notification(channel: String, payload: String)
        /// Notifications may have been missed: look at the tables.
        case resynchronise
    }

    public typealias Element = Event
    public typealias Failure = Never

    /// Hears one event after the other; the listener lives at least as long.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let listener: Listener
        fileprivate var events: AsyncStream<Event>.Iterator

        /// The next event, or `nil` when the listener was closed or the task cancelled.
        public mutating func next() async -> Event? {
            await self.events.next()
        }

        /// The next event, or `nil` when the listener was closed or the task cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Event? {
            await self.events.next(isolation: actor)
        }
    }

    private let events: AsyncStream<Event>
    private let wakePipe: WakePipe

    /// Starts to listen, on a thread of its own, until `close()` or until the listener goes.
    /// - Parameter channels: The names of the channels. Quoted here.
    public init(_ configuration: DatabaseConfiguration, channels: [String], logger: Logger) {
        // More than this nobody catches up with one by one; `.resynchronise` then stands for the rest.
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingOldest(1024))
        let wakePipe = WakePipe()
        self.events = events
        self.wakePipe = wakePipe
        let thread = ConnectionThread()
        thread.run {
            var loop = ListenLoop(
                configuration: configuration, channels: channels, wakePipe: wakePipe, events: continuation,
                logger: logger
            )
            loop.run()
            continuation.finish()
        }
        thread.stop()
    }

    deinit {
        self.close()
    }

    /// Ends the sequence and closes the connection.
    public func close() {
        self.wakePipe.wake()
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(listener: self, events: self.events.makeAsyncIterator())
    }
}

/// Ends a `poll` of another thread.
final class WakePipe: Sendable {
    let reading: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let status = pipe(&ends)
        precondition(status == 0, "no pipe could be made: error \(errno)")
        (self.reading, self.writing) = (ends[0], ends[1])
    }

    deinit {
        Glibc.close(self.reading)
        Glibc.close(self.writing)
    }

    /// Wakes whoever polls, now or later, for good.
    func wake() {
        // Nobody reads, so the pipe stays readable; its buffer takes far more bytes than there are calls.
        var byte: UInt8 = 1
        _ = write(self.writing, &byte, 1)
    }
}
