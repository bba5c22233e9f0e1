import Foundation
import Logging
import Platform
import Testing

@Suite("Logs and metrics")
struct ObservationTests {
    /// The lines that `body` logs.
    private func lines(_ body: (Logger) throws -> Void) throws -> [String] {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        try body(Logger(label: "test", factory: { JSONLog(label: $0, level: .debug, descriptor: descriptor) }))
        try pipe.fileHandleForWriting.close()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("An event is one line of JSON that names the request, whatever is in it")
    func anEventIsOneLine() throws {
        let id = UUID()
        let lines = try self.lines { logger in
            RequestScope.$id.withValue(id) {
                logger.info("Công văn \"12\"\nline two\u{1}", metadata: ["path": "/a\\b", "count": "3"])
            }
            logger.trace("not at this level")
        }
        #expect(lines.count == 1)
        struct Line: Decodable { let time, level, logger, message, request, path, count: String }
        let line = try JSONDecoder().decode(Line.self, from: Data(try #require(lines.first).utf8))
        #expect(line.message == "Công văn \"12\"\nline two\u{1}")
        #expect(line.request == id.uuidString.lowercased())
        #expect(line.path == "/a\\b")
        #expect(line.level == "info")
        #expect(
            try Date(line.time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
                .timeIntervalSinceNow > -60)
    }

    @Test("Metrics are written as Prometheus reads them")
    func metricsAreWrittenAsPrometheusReadsThem() throws {
        let metrics = Metrics()
        for status in ["200", "200", "404"] {
            metrics.counter("vanthu_requests_total", labels: ["status": status, "route": "/a\"b"], help: "Requests.")
                .increment()
        }
        metrics.gauge("vanthu_pool_idle", help: "Idle.") { 3 }
        let histogram = metrics.histogram("vanthu_request_seconds", labels: ["route": "/a"], help: "Time.")
        for milliseconds in [1, 30, 400, 60_000] { histogram.observe(.milliseconds(milliseconds)) }
        let text = metrics.render()
        #expect(text.contains("# HELP vanthu_requests_total Requests.\n# TYPE vanthu_requests_total counter\n"))
        #expect(text.contains(#"vanthu_requests_total{status="200",route="/a\"b"} 2"# + "\n"))
        #expect(text.contains("# TYPE vanthu_pool_idle gauge\nvanthu_pool_idle 3.0\n"))
        #expect(text.contains("# TYPE vanthu_request_seconds histogram\n"))
        #expect(text.contains(#"vanthu_request_seconds_bucket{route="/a",le="0.001"} 1"# + "\n"))
        #expect(text.contains(#"vanthu_request_seconds_bucket{route="/a",le="0.5"} 3"# + "\n"))
        #expect(text.contains(#"vanthu_request_seconds_bucket{route="/a",le="10.0"} 3"# + "\n"))
        #expect(text.contains(#"vanthu_request_seconds_bucket{route="/a",le="+Inf"} 4"# + "\n"))
        #expect(text.contains(#"vanthu_request_seconds_count{route="/a"} 4"# + "\n"))
        #expect(text.contains(#"vanthu_request_seconds_sum{route="/a"} 60.431"# + "\n"))
        let memory = text.split(separator: "\n").first { $0.hasPrefix("process_resident_memory_bytes ") }
        #expect((Double(memory?.split(separator: " ").last ?? "") ?? 0) > 1_000_000)
    }

    @Test("Counting from many tasks loses nothing")
    func countingLosesNothing() async {
        let metrics = Metrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 { metrics.counter("n_total", help: "N.").increment() }
                }
            }
        }
        #expect(metrics.counter("n_total", help: "N.").current == 8000)
    }
}
