import Synchronization
import Testing

@testable import Signatures

/// Others are asked once, and not again and again when they are away.
struct OutsideMemoryTests {
    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { self.value.withLock { $0 } }
        func up() { self.value.withLock { $0 += 1 } }
    }

    @Test func aHundredWhoAskAtOnceAskOnce() async throws {
        let (memory, asked) = (OutsideMemory(pause: .zero), Counter())
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        // The first is under way until the gate opens, which is after all have come.
        let flights = (0..<100).map { number in
            memory.flight([1]) {
                asked.up()
                for await _ in gate { break }
                return [UInt8(number)]
            }
        }
        open.finish()
        for flight in flights { #expect(try await flight.value == [0]) }
        #expect(asked.count == 1)
        #expect(try await memory.once([1]) { [9] } == [9], "whoever comes later asks anew")
    }

    @Test func whoWasSilentIsNotAskedAgainForAWhile() async {
        let (memory, asked) = (OutsideMemory(pause: .seconds(3600)), Counter())
        for _ in 0..<3 {
            await #expect(throws: OutsideSilence.slow) {
                try await memory.asking("http://a") { () async throws(OutsideSilence) in
                    asked.up()
                    throw .slow
                }
            }
        }
        #expect(asked.count == 1)
    }

    @Test func withoutAPauseItIsAskedAgain() async throws {
        let memory = OutsideMemory(pause: .zero)
        await #expect(throws: OutsideSilence.refused) {
            try await memory.asking("http://a") { () async throws(OutsideSilence) in throw .refused }
        }
        let answer = try await memory.asking("http://a") { () async throws(OutsideSilence) in [1] }
        #expect(answer == [1])
    }
}
