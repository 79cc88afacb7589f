import Synchronization

/// What bodies of transactions say of themselves while they run.
final class Tally: Sendable {
    private let words = Mutex<[String]>([])

    func add(_ word: String) { words.withLock { $0.append(word) } }

    var all: [String] { words.withLock { $0 } }
    var count: Int { words.withLock { $0.count } }

    /// Waits until so many have said something. From there to their standing in line is a step; here are many.
    func reaches(_ count: Int) async {
        while self.count < count { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
    }
}
