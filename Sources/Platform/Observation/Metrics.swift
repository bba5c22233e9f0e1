import Foundation
import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let value = Atomic<UInt64>(0)

    /// Counts `amount` more.
    public func increment(by amount: UInt64 = 1) { self.value.wrappingAdd(amount, ordering: .relaxed) }

    public var current: UInt64 { self.value.load(ordering: .relaxed) }
}

/// How long things take, counted in buckets by upper bound.
public final class Histogram: Sendable {
    /// Upper bounds in nanoseconds, ascending: from 1 ms to 10 s.
    private static let bounds: [UInt64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000].map {
        $0 * 1_000_000
    }

    private let buckets: [Counter] = Histogram.bounds.map { _ in Counter() }
    private let count = Counter()
    private let nanoseconds = Counter()

    /// Counts one thing that took so long.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let value = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds / 1_000_000_000))
        if let index = Self.bounds.firstIndex(where: { value <= $0 }) { self.buckets[index].increment() }
        self.nanoseconds.increment(by: value)
        self.count.increment()
    }

    fileprivate func render(_ name: String, _ labels: String, into text: inout String) {
        var sum: UInt64 = 0
        let separator = labels.isEmpty ? "" : ","
        for (bound, bucket) in zip(Self.bounds, self.buckets) {
            sum += bucket.current
            text += "\(name)_bucket{\(labels)\(separator)le=\"\(Double(bound) / 1e9)\"} \(sum)\n"
        }
        let outer = labels.isEmpty ? "" : "{\(labels)}"
        text += "\(name)_bucket{\(labels)\(separator)le=\"+Inf\"} \(self.count.current)\n"
        text += "\(name)_sum\(outer) \(Double(self.nanoseconds.current) / 1e9)\n"
        text += "\(name)_count\(outer) \(self.count.current)\n"
    }
}

/// Everything a process counts, written as Prometheus reads it (text format 0.0.4).
///
/// Counting takes no lock; only finding a counter by its labels does, so hot paths keep what they found.
public final class Metrics: Sendable {
    private struct Family {
        let help: String
        var counters: [String: Counter] = [:]
        var histograms: [String: Histogram] = [:]
        var gauges: [String: @Sendable () -> Double] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// Knows the process's own memory, processor time and start from the beginning.
    public init() {
        let started = Date().timeIntervalSince1970
        self.gauge("process_start_time_seconds", help: "When the process started, since 1970.") { started }
        self.gauge("process_resident_memory_bytes", help: "Memory of the process that is in use.") {
            Self.residentMemory()
        }
    }

    /// The counter of this name and these labels, made at the first call. Names end in `_total`.
    public func counter(_ name: String, labels: KeyValuePairs<String, String> = [:], help: String) -> Counter {
        let key = Self.render(labels)
        return self.families.withLock { families in
            if let known = families[name]?.counters[key] { return known }
            let counter = Counter()
            families[name, default: Family(help: help)].counters[key] = counter
            return counter
        }
    }

    /// The histogram of this name and these labels, made at the first call. Names end in `_seconds`.
    public func histogram(_ name: String, labels: KeyValuePairs<String, String> = [:], help: String) -> Histogram {
        let key = Self.render(labels)
        return self.families.withLock { families in
            if let known = families[name]?.histograms[key] { return known }
            let histogram = Histogram()
            families[name, default: Family(help: help)].histograms[key] = histogram
            return histogram
        }
    }

    /// A value that is asked for when somebody reads the metrics. `read` must not block.
    public func gauge(
        _ name: String, labels: KeyValuePairs<String, String> = [:], help: String,
        _ read: @escaping @Sendable () -> Double
    ) {
        self.families.withLock { $0[name, default: Family(help: help)].gauges[Self.render(labels)] = read }
    }

    /// The whole registry as text.
    public func render() -> String {
        let families = self.families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            let kind = family.counters.isEmpty ? (family.histograms.isEmpty ? "gauge" : "histogram") : "counter"
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(kind)\n"
            func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }
            for (labels, counter) in family.counters.sorted(by: { $0.key < $1.key }) {
                text += "\(name)\(braced(labels)) \(counter.current)\n"
            }
            for (labels, histogram) in family.histograms.sorted(by: { $0.key < $1.key }) {
                histogram.render(name, labels, into: &text)
            }
            for (labels, read) in family.gauges.sorted(by: { $0.key < $1.key }) {
                text += "\(name)\(braced(labels)) \(read())\n"
            }
        }
        return text
    }

    private static func render(_ labels: KeyValuePairs<String, String>) -> String {
        labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }.joined(separator: ",")
    }

    /// From `/proc`; reading it does not touch a disk.
    private static func residentMemory() -> Double {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = Double(statm.split(separator: " ").dropFirst().first ?? "")
        else { return 0 }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
