import Support
import Synchronization

/// What bodies of transactions say of themselves while they run.
final class Tally: Sendable {
    private let words = Mutex<[String]>([])

    func add(_ word: String) { words.withLock { $0.append(word) } }

    var all: [String] { words.withLock { $0 } }
    var count: Int { words.withLock { $0.count } }

    /// Waits until so many have said something.
    func reaches(_ count: Int) async throws {
        try await eventually("the word of \(count)") { self.count >= count }
    }

    /// Lets those who wait go on one after the other, so that whoever comes meanwhile has the time to stand in line.
    /// - Parameter go: lets one of them say its word.
    func letting(_ count: Int, _ go: () -> Void) async throws {
        for place in self.count..<count {
            go()
            try await reaches(place + 1)
        }
    }
}
