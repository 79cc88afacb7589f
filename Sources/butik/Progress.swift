import Synchronization

/// How far long work is, said each time that a percent more is done.
final class Progress: Sendable {
    private let label: String
    private let output: Output
    private let said = Mutex(-1)

    init(_ label: String, _ output: Output = .terminal) {
        self.label = label
        self.output = output
    }

    func show(_ done: Int, of total: Int) {
        let percent = Self.percent(done, of: total)
        let isDue = said.withLock { last in
            defer { last = percent }
            return percent != last
        }
        if isDue { output.say(.progress(label, done: done, total: total)) }
    }

    /// From 0 to 100.
    static func percent(_ done: Int, of total: Int) -> Int {
        total > 0 ? Int(Double(done) / Double(total) * 100) : 100
    }
}
