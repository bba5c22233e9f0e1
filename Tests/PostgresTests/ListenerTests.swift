import FoundationEssentials
import Testing

@testable import Postgres

@Suite(
    .enabled(if: TestServer.isAvailable, "VANTHU_TEST_SOCKET and VANTHU_TEST_PORT name no server"),
    .timeLimit(.minutes(1)))
struct ListenerTests {
    let database = TestServer.database()

    private func notify(_ channel: String, _ payload: String) async throws {
        try await database.transaction { try $0.run("SELECT pg_notify(\(channel), \(payload))", closing: true) }
    }

    @Test func notificationsComeInOrderAfterASynchronisation() async throws {
        let channel = "Kênh \"\(UUID().uuidString)\""
        let listener = Listener(TestServer.configuration(poolSize: 1), channels: [channel], logger: TestServer.logger)
        var events = listener.makeAsyncIterator()
        #expect(await events.next() == .resynchronise)
        for number in 0..<100 { try await notify(channel, "số \(number)") }
        for number in 0..<100 {
            #expect(await events.next() == .notification(channel: channel, payload: "số \(number)"))
        }
        listener.close()
        #expect(await events.next() == nil)
    }

    @Test func afterALostConnectionItSynchronisesAgain() async throws {
        let channel = "channel_" + UUID().uuidString.prefix(8).lowercased()
        var configuration = TestServer.configuration(poolSize: 1)
        configuration.applicationName = channel
        let listener = Listener(configuration, channels: [channel], logger: TestServer.logger)
        var events = listener.makeAsyncIterator()
        for _ in 0..<3 {
            #expect(await events.next() == .resynchronise)
            let ended: Int = try await database.value(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = \(channel)"
            )
            #expect(ended == 1)
        }
        #expect(await events.next() == .resynchronise)
        try await notify(channel, "again")
        #expect(await events.next() == .notification(channel: channel, payload: "again"))
        listener.close()
    }

    @Test func whoFallsBehindIsToldToSynchronise() async throws {
        let (events, continuation) = AsyncStream.makeStream(
            of: Listener.Event.self, bufferingPolicy: .bufferingOldest(2))
        var loop = ListenLoop(
            configuration: TestServer.configuration(poolSize: 1), channels: [], wakePipe: WakePipe(),
            events: continuation,
            logger: TestServer.logger
        )
        var iterator = events.makeAsyncIterator()
        for number in 1...5 { loop.deliver(channel: "c", payload: String(number)) }
        #expect(await iterator.next() == .notification(channel: "c", payload: "1"))
        #expect(await iterator.next() == .notification(channel: "c", payload: "2"))
        // What comes now comes after the gap, and so after the notice of it.
        loop.deliver(channel: "c", payload: "6")
        #expect(await iterator.next() == .resynchronise)
        #expect(await iterator.next() == .notification(channel: "c", payload: "6"))
        loop.deliver(channel: "c", payload: "7")
        #expect(await iterator.next() == .notification(channel: "c", payload: "7"))
    }

    @Test func withoutAServerItWaitsAndCanBeClosed() async throws {
        var configuration = TestServer.configuration(poolSize: 1)
        configuration.host = "/nonexistent"
        let listener = Listener(configuration, channels: ["channel"], logger: TestServer.logger)
        var events = listener.makeAsyncIterator()
        listener.close()
        #expect(await events.next() == nil)
    }

    @Test func aListenerLivesAsLongAsSomebodyListens() async throws {
        var events = Listener(TestServer.configuration(poolSize: 1), channels: ["channel"], logger: TestServer.logger)
            .makeAsyncIterator()
        #expect(await events.next() == .resynchronise)
    }
}
