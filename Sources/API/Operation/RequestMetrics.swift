import Platform
import Synchronization

/// Times answers, one histogram per operation and status.
///
/// The registry's look-up is paid once a series; after that a record is one uncontended lock and a few additions.
package final class RequestMetrics: Sendable {
    private final class Series: Sendable {
        let operation: String
        let byStatus = Mutex<[Int: Histogram]>([:])

        init(operation: String) {
            self.operation = operation
        }
    }

    private let metrics: Metrics
    private let series: [String: Series]
    private let unrouted = Series(operation: "unrouted")

    package init(_ metrics: Metrics, operations: [String]) {
        self.metrics = metrics
        self.series = Dictionary(uniqueKeysWithValues: operations.map { ($0, Series(operation: $0)) })
    }

    /// - Parameter operation: the route's name; `nil` when the request led to no route.
    package func record(operation: String?, status: Int, _ duration: Duration) {
        let series = operation.flatMap { self.series[$0] } ?? self.unrouted
        let histogram = series.byStatus.withLock { byStatus in
            if let known = byStatus[status] { return known }
            let new = self.metrics.histogram(
                "vanthu_http_request_duration_seconds",
                labels: ["operation": series.operation, "status": String(status)],
                help: "From the head of the request to the head of the answer."
            )
            byStatus[status] = new
            return new
        }
        histogram.observe(duration)
    }
}
