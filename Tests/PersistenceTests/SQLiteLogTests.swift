import Foundation
import Persistence
import StorageSQLite
import Support
import Synchronization
import Testing

/// The log of SQLite while somebody is always reading.
@Suite struct SQLiteLogTests {
    /// Pages after which the log is begun anew in these tests, of 4 KB each.
    private static let pages = 1000

    /// A moment that others wait for.
    private final class Moment: Sendable {
        private let flag = Atomic(false)

        var isHere: Bool { flag.load(ordering: .relaxed) }

        func come() { flag.store(true, ordering: .relaxed) }
    }

    private static func size(_ path: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int) ?? 0
    }

    @Test func `the log stays short while readers overlap, and no commit stands still for it`() async throws {
        try await SQLiteFolder.with { folder in
            let storage = try await SQLiteStorage.open(path: folder.database, logPagesMax: Self.pages)
            try await storage.write { db in
                try db.script("CREATE TABLE notes (note_id INTEGER NOT NULL PRIMARY KEY, body TEXT) STRICT")
                for id in 0..<200 { try db.run("INSERT INTO notes (note_id, body) VALUES (\(id), '')") }
            }
            let end = Moment()
            let log = folder.database + "-wal"
            let (largest, slowest) = try await withThrowingTaskGroup(of: Void.self) { group in
                // Three threads read and six readers take turns, so that there is never a moment without one.
                for _ in 1...6 {
                    group.addTask {
                        while !end.isHere {
                            _ = try await storage.read { db in
                                for _ in 1...20 { _ = try db.rows("SELECT count(*), sum(length(body)) FROM notes") }
                                return 0
                            }
                        }
                    }
                }
                var (largest, slowest) = (0, Duration.zero)
                let body = String(repeating: "x", count: 40_000)
                for round in 0..<600 {
                    let start = ContinuousClock.now
                    try await storage.write { db in
                        _ = try db.run("UPDATE notes SET body = \(body) WHERE note_id % 20 = \(round % 20)")
                    }
                    slowest = max(slowest, ContinuousClock.now - start)
                    largest = max(largest, Self.size(log))
                }
                end.come()
                try await group.waitForAll()
                return (largest, slowest)
            }
            // 600 x 100 pages were written, 240 MB.
            #expect(largest < 5 * Self.pages * 4096, "\(largest) bytes")
            #expect(slowest < .seconds(2), "\(slowest)")
            await storage.close()
        }
    }

    @Test func `a reader who takes his time is not cut short, and others go on behind him`() async throws {
        try await SQLiteFolder.with { folder in
            let storage = try await SQLiteStorage.open(path: folder.database, readers: 2, logPagesMax: 100)
            try await storage.write { db in
                try db.script("CREATE TABLE notes (note_id INTEGER NOT NULL PRIMARY KEY, body TEXT) STRICT")
            }
            let end = Moment()
            let begun = Moment()
            async let seen = storage.read { db in
                let before = try db.row("SELECT count(*) FROM notes")?.integer(at: 0)
                begun.come()
                while !end.isHere { usleep(1000) }
                return (before, try db.row("SELECT count(*) FROM notes")?.integer(at: 0))
            }
            try await eventually("the reader's first look") { begun.isHere }
            let body = String(repeating: "x", count: 400_000)
            for id in 0..<30 {
                try await storage.write { db in
                    _ = try db.run("INSERT INTO notes (note_id, body) VALUES (\(id), \(body))")
                }
                #expect(try await storage.count("notes") == Int64(id + 1))
            }
            end.come()
            let (before, after) = try await seen
            #expect(before == 0 && after == 0, "one snapshot from its beginning to its end")
            await storage.close()
        }
    }
}
