import Synchronization

/// How often each job ran, for how long, how often in vain, and how much of it waits: in Prometheus' text format.
package final class JobCounts: Sendable {
    private struct Count {
        var runs = 0
        var failures = 0
        var microseconds = 0
        var waiting = 0
    }

    private let names: [String]
    private let counts: Mutex<[String: Count]>

    /// - Parameter names: of all jobs there are.
    package init(_ names: [String]) {
        self.names = names
        counts = Mutex(Dictionary(names.map { ($0, Count()) }, uniquingKeysWith: { first, _ in first }))
    }

    func ran(_ name: String, _ time: Duration, isFailure: Bool) {
        let (seconds, rest) = time.components
        counts.withLock { counts in
            counts[name, default: Count()].runs += 1
            counts[name, default: Count()].failures += isFailure ? 1 : 0
            counts[name, default: Count()].microseconds += Int(seconds) * 1_000_000 + Int(rest / 1_000_000_000_000)
        }
    }

    /// - Parameter waiting: how many rows are due, of each job that has any.
    func wait(_ waiting: [String: Int]) {
        counts.withLock { counts in
            for name in counts.keys { counts[name]?.waiting = waiting[name] ?? 0 }
        }
    }

    package var text: String {
        let counts = counts.withLock { $0 }
        func metric(_ name: String, _ type: String, _ about: String, _ value: (Count) -> String) -> String {
            let lines = names.map { "butik_job_\(name){job=\"\($0)\"} \(value(counts[$0] ?? Count()))\n" }
            return "# HELP butik_job_\(name) \(about)\n# TYPE butik_job_\(name) \(type)\n" + lines.joined()
        }
        return metric("runs_total", "counter", "Times a job ran.") { "\($0.runs)" }
            + metric("failures_total", "counter", "Times it ended with an error.") { "\($0.failures)" }
            + metric("seconds_total", "counter", "Time it took.") { "\(Double($0.microseconds) / 1e6)" }
            + metric("waiting", "gauge", "Pieces of work that are due, at most 10,000, as of some seconds ago.") {
                "\($0.waiting)"
            }
    }
}
