package import Basics
package import Persistence

/// Changes the master key of a database: a new one seals from one moment on, and everything is sealed with it anew, a few values at a
/// time, beside whoever serves. What was interrupted goes on where it was, for what is sealed with the new key is passed over.
package struct KeyRotation: Sendable {
    private let keyring: Keyring
    private let storage: any Storage
    private let columns: [SealedColumn]
    private let now: @Sendable () -> Instant

    private static let perPage = 100

    /// - Parameter columns: all that is sealed, but for what is kept of the keys themselves.
    package init(
        _ keyring: Keyring, _ storage: any Storage, _ columns: [SealedColumn], now: @escaping @Sendable () -> Instant
    ) {
        self.keyring = keyring
        self.storage = storage
        self.columns = columns + Keyring.sealed
        self.now = now
    }

    /// What was done.
    package struct Done: Sendable {
        /// The key that seals now.
        package let current: String
        /// Those that nothing is sealed with any more.
        package let retired: [String]
        package let values: Int
    }

    /// Begins a rotation, or sees one to its end that was interrupted.
    /// - Parameter progress: told how many values are sealed anew so far.
    package func run(_ progress: (Int) -> Void = { _ in }) async throws -> Done {
        if try await rows().count == 1 { try await begin() }
        let rows = try await rows()
        guard let current = rows.first else { throw KeyFault.noneIsCurrent }
        let values = try await sealAnew(with: current, progress)
        let old = Array(rows.dropFirst())
        let end = now()
        _ = try await storage.write { db in
            try db.run("UPDATE master_keys SET retired = \(end) WHERE is_current = 0 AND key_id IN (\(SQL.list(old)))")
        }
        return Done(current: current, retired: old, values: values)
    }

    /// The keys that something may be sealed with, the current one first.
    private func rows() async throws -> [String] {
        try await storage.fetch(
            "SELECT key_id FROM master_keys WHERE retired IS NULL ORDER BY is_current DESC, key_id"
        ).map { try $0["key_id"] }
    }

    /// From the commit on, nobody seals with the old key: who did before has ended, for they held its row (`Keyring.vault`).
    private func begin() async throws {
        let (before, known) = try await storage.read { db in
            let rows = try db.rows("SELECT key_id, is_current FROM master_keys")
            let current = try rows.first { try $0["is_current"] }.map { try $0["key_id"] as String }
            return (current, Set(try rows.map { try $0["key_id"] as String }))
        }
        let key = try await OwnThread.run { [keyring] in try keyring.spare(besides: known) }
        let row = try KeyRow(key, current: key)
        let time = now()
        try await storage.write { db in
            let held = try db.row("SELECT key_id FROM master_keys WHERE is_current = 1\(db.dialect.forUpdate)")
            guard let before, try held?["key_id"] == before else { throw KeyFault.rotating }
            try db.run("UPDATE master_keys SET is_current = 0 WHERE key_id = \(before)")
            guard try db.run(row.insertion(at: time)) == 1 else { throw KeyFault.rotating }
        }
    }

    private func sealAnew(with current: String, _ progress: (Int) -> Void) async throws -> Int {
        let vault = Vault(try keyring.key(current), older: keyring.known)
        var (count, faults): (Int, [SealFault]) = (0, [])
        for column in columns {
            var last: SealedColumn.Stored?
            repeat {
                try Task.checkCancellation()
                let page = try await storage.read { [last] db in
                    try column.values(after: last, atMost: Self.perPage, exceptOf: current, in: db)
                }
                count += try await store(try page.compactMap { try sealedAnew($0, of: column, vault, &faults) })
                if !page.isEmpty { progress(count) }
                last = page.last
            } while last != nil
        }
        guard faults.isEmpty else { throw KeyFault.unopened(faults.map(\.description)) }
        return count
    }

    private func sealedAnew(
        _ stored: SealedColumn.Stored, of column: SealedColumn, _ vault: Vault, _ faults: inout [SealFault]
    ) throws -> SQL? {
        do {
            let bytes = try vault.open(stored.text, as: stored.place)
            return column.replacement(of: stored, by: try vault.seal(bytes, as: stored.place))
        } catch let fault as SealFault {
            faults.append(fault)
            return nil
        }
    }

    private func store(_ replacements: [SQL]) async throws -> Int {
        guard !replacements.isEmpty else { return 0 }
        return try await storage.write { try $0.run(replacements).reduce(0, +) }
    }
}

extension Keyring {
    /// A key that the database does not know yet: one that was put beside the others, or else one that is made and kept there.
    fileprivate func spare(besides known: Set<String>) throws -> MasterKey {
        let given = try source.read().first { !known.contains($0.id) }
        let key = given ?? .new()
        if given == nil { try source.add(key) }
        learn(key)
        return key
    }
}
