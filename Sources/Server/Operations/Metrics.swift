package import Resources
import Synchronization

/// Counts and times of requests per route, in Prometheus' text format.
package final class Metrics: Sendable {
    private struct Route {
        var answers: [Int: Int] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
        var count = 0
        var microseconds = 0
    }

    /// Upper bounds in microseconds.
    private static let bounds = [500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000]

    private let names: [String]
    private let routes: Mutex<[Route]>
    private let inFlight = Atomic<Int>(0)
    private let others = Mutex<[@Sendable () -> String]>([])

    /// - Parameter endpoints: one row each, and one more for what matched none of them.
    package init(_ endpoints: [Endpoint]) {
        names = endpoints.map { "\($0.method.rawValue) \($0.template)" } + ["unmatched"]
        routes = Mutex([Route](repeating: Route(), count: names.count))
    }

    /// Has what others count shown too, in the same format.
    package func add(_ text: @escaping @Sendable () -> String) {
        others.withLock { $0.append(text) }
    }

    func begin() {
        inFlight.add(1, ordering: .relaxed)
    }

    /// A request only waits for something to happen.
    func pause() {
        inFlight.subtract(1, ordering: .relaxed)
    }

    /// It has happened.
    func goOn() {
        inFlight.add(1, ordering: .relaxed)
    }

    func end(_ route: Int?, status: Int, microseconds: Int) {
        inFlight.subtract(1, ordering: .relaxed)
        routes.withLock { routes in
            let index = route ?? routes.count - 1
            routes[index].answers[status, default: 0] += 1
            routes[index].count += 1
            routes[index].microseconds += microseconds
            if let bucket = Self.bounds.firstIndex(where: { microseconds <= $0 }) { routes[index].buckets[bucket] += 1 }
        }
    }

    package var text: String {
        let routes = routes.withLock { $0 }
        var text = """
            # HELP butik_requests_in_flight Requests being answered.
            # TYPE butik_requests_in_flight gauge
            butik_requests_in_flight \(inFlight.load(ordering: .relaxed))
            # HELP butik_requests_total Answers by route and status.
            # TYPE butik_requests_total counter

            """
        for (name, route) in zip(names, routes) {
            for (status, count) in route.answers.sorted(by: { $0.key < $1.key }) {
                text += "butik_requests_total{route=\"\(name)\",status=\"\(status)\"} \(count)\n"
            }
        }
        text += "# HELP butik_request_seconds Time to answer.\n# TYPE butik_request_seconds histogram\n"
        for (name, route) in zip(names, routes) where route.count > 0 { text += histogram(name, route) }
        return others.withLock { $0 }.reduce(text) { $0 + $1() }
    }

    private func histogram(_ name: String, _ route: Route) -> String {
        var text = ""
        var sum = 0
        for (bound, count) in zip(Self.bounds, route.buckets) {
            sum += count
            text += "butik_request_seconds_bucket{route=\"\(name)\",le=\"\(Double(bound) / 1e6)\"} \(sum)\n"
        }
        text += "butik_request_seconds_bucket{route=\"\(name)\",le=\"+Inf\"} \(route.count)\n"
        text += "butik_request_seconds_sum{route=\"\(name)\"} \(Double(route.microseconds) / 1e6)\n"
        text += "butik_request_seconds_count{route=\"\(name)\"} \(route.count)\n"
        return text
    }
}
