import Foundation
import Persistence
import StoragePostgres
import Support
import Testing

/// How the transactions of shops stand to each other on Postgres.
@Suite(.enabled(if: PostgresSpace.url != nil)) struct PostgresTurnTests {
    /// A shop that no other test has: its turn is the database's, and tests share that.
    private static func anyShop() -> Requester { .shop(.random(in: 1...1 << 30)) }

    /// Reads, thinks and writes without locking anything, as only somebody alone may.
    @Sendable private static func add(_ db: any Connection) throws {
        let number = try db.row("SELECT number FROM notes WHERE note_id = 1")?.integer(at: 0) ?? 0
        Thread.sleep(forTimeInterval: 0.001)
        try db.run("UPDATE notes SET number = \(number + 1) WHERE note_id = 1")
    }

    private static func sum(_ storage: PostgresStorage) async throws -> Int64? {
        try await storage.fetch("SELECT sum(number) FROM notes").first?.integer(at: 0)
    }

    @Test func `who is alone is alone, among those beside each other too`() async throws {
        try await PostgresSpace.withNotes(poolSize: 8) { storage in
            let shop = Self.anyShop()
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, number) VALUES (1, 0), (2, 0)") }
            let results = await outcomes(0..<60) { index in
                if index % 3 == 0 {
                    try await storage.write(for: shop) { db in
                        _ = try db.run("UPDATE notes SET number = number + 1 WHERE note_id = 1")
                    }
                } else {
                    try await storage.write(for: shop, alone: true, Self.add)
                }
            }
            for result in results { try result.get() }
            #expect(try await Self.sum(storage) == 60)
        }
    }

    @Test func `who finds out that it must be alone begins again, once, and nothing is left of the first time`()
        async throws
    {
        try await PostgresSpace.withNotes { storage in
            let shop = Self.anyShop()
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, number) VALUES (1, 0)") }
            let runs = Tally()
            let results = await outcomes(0..<20) { index in
                try await storage.write(for: shop) { db in
                    runs.add("run")
                    try db.run("INSERT INTO notes (note_id, number) VALUES (\(100 + index), 1)")
                    // Whatever a body makes of the error, it is run again.
                    do { try db.standAlone() } catch { throw CancellationError() }
                    try db.standAlone()
                    try Self.add(db)
                }
            }
            for result in results { try result.get() }
            #expect(try await Self.sum(storage) == 40)
            #expect(runs.count == 40)
            #expect(storage.lossCount == 0)
        }
    }

    @Test func `only a write for one shop can be alone`() async throws {
        try await PostgresSpace.withNotes { storage in
            let shop = Self.anyShop()
            await #expect(throws: StorageError.self) { try await storage.write { try $0.standAlone() } }
            await #expect(throws: StorageError.self) { try await storage.read(for: shop) { try $0.standAlone() } }
        }
    }

    @Test func `another process stands in the same line`() async throws {
        try await PostgresSpace.withNotes(poolSize: 2) { storage in
            let shop = Self.anyShop()
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, number) VALUES (1, 0)") }
            let schema = try await storage.fetch("SELECT current_schema()").first?.text(at: 0) ?? ""
            try await PostgresSpace.withAnother(in: schema) { other in
                let results = await outcomes(0..<40) { index in
                    try await (index % 2 == 0 ? storage : other).write(for: shop, alone: true, Self.add)
                }
                for result in results { try result.get() }
            }
            #expect(try await Self.sum(storage) == 40)
        }
    }

    @Test func `a shop that holds all it may have leaves a connection for another`() async throws {
        try await PostgresSpace.withNotes(poolSize: 4, patience: .seconds(20)) { storage in
            let shop = Self.anyShop()
            let other = Self.anyShop()
            let third = Self.anyShop()
            let mayEnd = DispatchSemaphore(value: 0)
            let begun = Tally()
            let storm = Task {
                await outcomes(0..<8) { _ in
                    try await storage.write(for: shop) { db in
                        _ = try db.rows("SELECT 1")
                        begun.add("begun")
                        mayEnd.wait()
                    }
                }
            }
            try await begun.reaches(3)
            #expect(try await storage.write(for: other) { try $0.row("SELECT 2")?.integer(at: 0) } == 2)
            #expect(try await storage.read(for: third) { try $0.row("SELECT 3")?.integer(at: 0) } == 3)
            #expect(try await storage.write { try $0.row("SELECT 4")?.integer(at: 0) } == 4)
            #expect(begun.count == 3)
            for _ in 0..<8 { mayEnd.signal() }
            for outcome in await storm.value { try outcome.get() }
        }
    }

    @Test func `who waits to be alone holds no connection, and who reads waits for nobody`() async throws {
        try await PostgresSpace.withNotes(poolSize: 3, patience: .seconds(20)) { storage in
            let shop = Self.anyShop()
            let other = Self.anyShop()
            let mayEnd = DispatchSemaphore(value: 0)
            let begun = Tally()
            let batches = Task {
                await outcomes(0..<5) { _ in
                    try await storage.write(for: shop, alone: true) { db in
                        _ = try db.rows("SELECT 1")
                        begun.add("begun")
                        mayEnd.wait()
                    }
                }
            }
            try await begun.reaches(1)
            #expect(try await storage.read(for: shop) { try $0.row("SELECT 2")?.integer(at: 0) } == 2)
            #expect(try await storage.write(for: other, alone: true) { try $0.row("SELECT 3")?.integer(at: 0) } == 3)
            #expect(begun.count == 1)
            for _ in 0..<5 { mayEnd.signal() }
            for outcome in await batches.value { try outcome.get() }
        }
    }

    @Test func `an order waits for one batch and not for twenty`() async throws {
        try await PostgresSpace.withNotes(poolSize: 3, patience: .seconds(20)) { storage in
            let shop = Self.anyShop()
            let mayEnd = DispatchSemaphore(value: 0)
            let (asked, begun) = (Tally(), Tally())
            let batches = Task {
                await outcomes(0..<20) { _ in
                    asked.add("batch")
                    try await storage.write(for: shop, alone: true) { db in
                        _ = try db.rows("SELECT 1")
                        begun.add("batch")
                        mayEnd.wait()
                    }
                }
            }
            try await asked.reaches(20)
            try await begun.reaches(1)
            let single = Task {
                asked.add("order")
                try await storage.write(for: shop) { _ in begun.add("order") }
            }
            try await asked.reaches(21)
            try await begun.letting(21) { mayEnd.signal() }
            try await single.value
            for outcome in await batches.value { try outcome.get() }
            let place = try #require(begun.all.firstIndex(of: "order"))
            #expect(place < 10, "its place was \(place)")
        }
    }

    @Test func `a row that somebody holds for too long is asked for three times, then the caller hears it`()
        async throws
    {
        try await PostgresSpace.withNotes(poolSize: 4) { storage in
            let shop = Self.anyShop()
            let other = Self.anyShop()
            try await storage.write { _ = try $0.run("INSERT INTO notes (note_id, number) VALUES (1, 0)") }
            let (mayEnd, held) = (DispatchSemaphore(value: 0), Tally())
            let holder = Task {
                try await storage.write(for: other) { db in
                    _ = try db.rows("SELECT 1 FROM notes WHERE note_id = 1 FOR UPDATE")
                    held.add("row")
                    mayEnd.wait()
                }
            }
            try await held.reaches(1)
            let start = ContinuousClock.now
            let error = await #expect(throws: StorageError.self) {
                try await storage.write(for: shop) { _ = try $0.run("UPDATE notes SET number = 1") }
            }
            #expect("\(String(describing: error))".contains("busy"))
            #expect(storage.lossCount == 3)
            #expect(start.duration(to: .now) < .seconds(9))
            mayEnd.signal()
            try await holder.value
        }
    }
}
