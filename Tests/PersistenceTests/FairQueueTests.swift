import Foundation
import Persistence
import StorageSQLite
import Testing

/// Whose turn it is.
@Suite struct FairQueueTests {
    private static func drained(_ queue: FairQueue<String>) -> [String] {
        var queue = queue
        var order: [String] = []
        while let element = queue.popFirst() { order.append(element) }
        return order
    }

    @Test func `one of each in turn, and of each the first first`() {
        var queue = FairQueue<String>()
        for number in 1...4 { queue.append("a\(number)", for: .shop(1)) }
        queue.append("b1", for: .shop(2))
        queue.append("s1", for: .server)
        queue.append("b2", for: .shop(2))
        #expect(Self.drained(queue) == ["a1", "b1", "s1", "a2", "b2", "a3", "a4"])
    }

    @Test func `who comes back stands behind those who wait`() {
        var queue = FairQueue<String>()
        queue.append("a1", for: .shop(1))
        queue.append("b1", for: .shop(2))
        #expect(queue.popFirst() == "a1")
        queue.append("a2", for: .shop(1))
        #expect(Self.drained(queue) == ["b1", "a2"])
        #expect(Self.drained(FairQueue<String>()) == [])
    }

    @Test func `on SQLite another shop waits for one write and not for all that stand before it`() async throws {
        try await SQLiteFolder.withNotes { storage in
            let hold = DispatchSemaphore(value: 0)
            let (asked, done) = (Tally(), Tally())
            let holder = Task { try await storage.write { _ in hold.wait() } }
            let storm = Task {
                await outcomes(0..<30) { _ in
                    asked.add("storm")
                    try await storage.write(for: .shop(1)) { _ in
                        hold.wait()
                        done.add("storm")
                    }
                }
            }
            try await asked.reaches(30)
            let other = Task {
                asked.add("other")
                try await storage.write(for: .shop(2)) { _ in
                    hold.wait()
                    done.add("other")
                }
            }
            try await asked.reaches(31)
            hold.signal()
            try await done.letting(31) { hold.signal() }
            try await holder.value
            try await other.value
            for outcome in await storm.value { try outcome.get() }
            let place = try #require(done.all.firstIndex(of: "other"))
            #expect(place < 15, "its place was \(place)")
        }
    }
}
