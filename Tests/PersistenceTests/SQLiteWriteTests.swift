import Persistence
import StorageSQLite
import Testing

@Suite struct SQLiteWriteTests {
    struct Refused: Error, Equatable {
        let index: Int
    }

    @Test func everyWriteGetsItsOwnResult() async throws {
        try await SQLiteFolder.withNotes { storage in
            let commitsBefore = storage.commitCount
            let results = await outcomes(0..<200) { index in
                try await storage.write { db in
                    try db.run("INSERT INTO notes (note_id, number) VALUES (\(index), \(index * 2))")
                    if index % 3 == 0 { throw Refused(index: index) }
                    return index * 2
                }
            }
            for (index, result) in results.enumerated() {
                switch result {
                case .success(let value): #expect(index % 3 != 0 && value == index * 2)
                case .failure(let error): #expect(index % 3 == 0 && error as? Refused == Refused(index: index))
                }
            }
            let stored = try await storage.fetch("SELECT note_id FROM notes ORDER BY note_id")
            #expect(stored.compactMap { $0.integer(at: 0) } == (0..<200).filter { $0 % 3 != 0 }.map(Int64.init))
            #expect(storage.commitCount - commitsBefore < 100)
        }
    }

    @Test func idsAreNeverSeenTwice() async throws {
        try await SQLiteFolder.withNotes { storage in
            let ids = await outcomes(0..<300) { index in
                try await storage.write { db in
                    let id = try db.newID("notes_ids")
                    try db.run("INSERT INTO notes (note_id) VALUES (\(id))")
                    if index % 5 == 0 { throw Refused(index: index) }
                    return id
                }
            }.compactMap { try? $0.get() }
            #expect(ids.count == 240)
            #expect(Set(ids).count == 240)
            await #expect(throws: StorageError.statement("no sequence nobody")) {
                try await storage.write { _ = try $0.newID("nobody") }
            }
        }
    }

    /// The others of its group are done again, and nobody has seen the numbers they had.
    @Test func aBodyThatFailsCostsNoNumbersButItsOwn() async throws {
        try await SQLiteFolder.withNotes { storage in
            let ids = await outcomes(0..<300) { index in
                try await storage.write { db in
                    let id = try db.newID("notes_ids")
                    try db.run("INSERT INTO notes (note_id, number) VALUES (\(id), \(index))")
                    if index == 150 { throw Refused(index: index) }
                    return id
                }
            }.compactMap { try? $0.get() }
            #expect(Set(ids).count == 299)
            #expect(ids.allSatisfy { 1...300 ~= $0 })
            let stored = try await storage.fetch("SELECT note_id FROM notes ORDER BY note_id").integers("note_id")
            #expect(stored == ids.sorted())
        }
    }

    @Test func runCountsWhatItChanged() async throws {
        try await SQLiteFolder.withNotes { storage in
            let counts = try await storage.write { db in
                [
                    try db.run("INSERT INTO notes (note_id) VALUES (1), (2), (3)"),
                    try db.run("UPDATE notes SET number = 1 WHERE note_id > 1"),
                    try db.run("UPDATE notes SET number = 1 WHERE note_id > 9"),
                    try db.run("DELETE FROM notes WHERE note_id = 1 RETURNING note_id"),
                    try db.run("CREATE TABLE more (id INTEGER) STRICT"),
                    try db.run("SELECT 1"),
                    try db.run("DELETE FROM notes"),
                ]
            }
            #expect(counts == [3, 2, 0, 1, 0, 0, 2])
        }
    }

    @Test func rowsOfAChange() async throws {
        try await SQLiteFolder.withNotes { storage in
            let rows = try await storage.write { db in
                try db.run("INSERT INTO notes (note_id, number) VALUES (1, 5), (2, 6)")
                return try db.rows("UPDATE notes SET number = number + 1 RETURNING note_id, number")
            }
            #expect(rows.map(\.values) == [[.integer(1), .integer(6)], [.integer(2), .integer(7)]])
            let none = try await storage.write { try $0.rows("DELETE FROM notes WHERE note_id = 9 RETURNING note_id") }
            #expect(none.isEmpty)
        }
    }

    @Test func savepointsNest() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await storage.write { db in
                try db.addNote(1)
                try db.savepoint {
                    try db.addNote(2)
                    try? db.savepoint {
                        try db.addNote(3)
                        try db.savepoint { try db.addNote(4) }
                        throw Refused(index: 3)
                    }
                    do {
                        try db.savepoint { try db.addNote(1) }
                    } catch StorageError.constraint(.unique, name: "notes_note_id_key") {
                        try db.addNote(8)
                    }
                    try db.savepoint { try db.addNote(5) }
                }
                try? db.savepoint {
                    try db.savepoint { try db.addNote(6) }
                    throw Refused(index: 6)
                }
                try db.addNote(7)
            }
            let ids = try await storage.fetch("SELECT note_id FROM notes ORDER BY 1").compactMap { $0.integer(at: 0) }
            #expect(ids == [1, 2, 5, 7, 8])
        }
    }

    @Test func brokenRulesAreNamed() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await storage.write { db in
                try db.script(
                    """
                    CREATE TABLE brands (brand_id INTEGER NOT NULL PRIMARY KEY, webshop_id INTEGER NOT NULL, own_id TEXT,
                      name TEXT CONSTRAINT brands_name_check CHECK (name <> ''), parent INTEGER REFERENCES brands,
                      later INTEGER REFERENCES brands DEFERRABLE INITIALLY DEFERRED) STRICT;
                    CREATE UNIQUE INDEX brands_own_id_key ON brands (webshop_id, own_id);
                    CREATE UNIQUE INDEX brands_lower_name_key ON brands (webshop_id, lower(name));
                    INSERT INTO brands (brand_id, webshop_id, own_id, name) VALUES (1, 1, 'a', 'A');
                    """)
            }
            let cases: [(SQL, StorageError)] = [
                ("(2, 1, 'a', 'B', NULL, NULL)", .constraint(.unique, name: "brands_own_id_key")),
                ("(2, 1, 'b', 'a', NULL, NULL)", .constraint(.unique, name: "brands_lower_name_key")),
                ("(1, 1, 'b', 'B', NULL, NULL)", .constraint(.unique, name: "brands_brand_id_key")),
                ("(2, 1, 'b', '', NULL, NULL)", .constraint(.check, name: "brands_name_check")),
                ("(2, NULL, 'b', 'B', NULL, NULL)", .constraint(.notNull, name: "brands.webshop_id")),
                ("(2, 1, 'b', 'B', 9, NULL)", .constraint(.foreignKey, name: "")),
                ("(2, 1, 'b', 'B', NULL, 9)", .constraint(.foreignKey, name: "")),
                (
                    "(2, 'x', 'b', 'B', NULL, NULL)",
                    .statement("cannot store TEXT value in INTEGER column brands.webshop_id")
                ),
            ]
            for (values, error) in cases {
                await #expect(throws: error) {
                    try await storage.write { try $0.run("INSERT INTO brands VALUES " + values) }
                }
            }
            #expect(try await storage.count("brands") == 1)
        }
    }

    @Test func aDeferredRuleFailsOnlyWhoBrokeIt() async throws {
        try await SQLiteFolder.withNotes { storage in
            try await storage.write { db in
                try db.script(
                    """
                    CREATE TABLE parts (part_id INTEGER NOT NULL PRIMARY KEY,
                      whole_id INTEGER REFERENCES parts DEFERRABLE INITIALLY DEFERRED) STRICT;
                    """)
            }
            let results = await outcomes(0..<60) { index in
                let whole = index % 10 == 0 ? 1000 + index : index
                try await storage.write { _ = try $0.run("INSERT INTO parts VALUES (\(index), \(whole))") }
            }
            for (index, result) in results.enumerated() {
                guard case .failure(let error) = result else {
                    #expect(index % 10 != 0)
                    continue
                }
                #expect(index % 10 == 0 && error as? StorageError == .constraint(.foreignKey, name: ""))
            }
            #expect(try await storage.count("parts") == 54)
        }
    }
}

extension Connection {
    fileprivate func addNote(_ id: Int) throws {
        try run("INSERT INTO notes (note_id) VALUES (\(id))")
    }
}
