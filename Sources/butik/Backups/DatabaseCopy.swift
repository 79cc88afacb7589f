import Commerce
import Foundation
import Media
import Persistence
import StoragePostgres
import StorageSQLite

/// A copy of the database in a file, proven before it has its name.
enum DatabaseCopy {
    /// Writes one and answers what originals it names.
    static func write(_ settings: Settings, to file: String) async throws -> [MediaFile] {
        guard !FileManager.default.fileExists(atPath: file) else {
            throw Settings.Fault(description: "\(file) exists already")
        }
        let part = file + ".unproven"
        defer { try? FileManager.default.removeItem(atPath: part) }
        let files: [MediaFile]
        switch try Database.kind(of: settings.databaseURL) {
        case .sqlite(let path): files = try await write(path, part, calledFinally: file)
        case .postgres(let url): files = try write(PostgresTools(url), part, calledFinally: file)
        }
        try DatabaseFile.publish(part, as: file)
        return files
    }

    private static func write(
        _ path: String, _ part: String, calledFinally file: String
    ) async throws -> [MediaFile] {
        let storage = try await SQLiteStorage.open(path: path, readOnly: true)
        do {
            try await storage.backup(to: part)
            await storage.close()
        } catch {
            await storage.close()
            throw error
        }
        return try await prove(part, calling: file)
    }

    /// `pg_dump` and our question see the same moment.
    private static func write(
        _ tools: PostgresTools, _ part: String, calledFinally file: String
    ) throws -> [MediaFile] {
        let session = try PostgresSession(url: tools.url)
        let snapshot = try session.beginSnapshot()
        try tools.dump(to: part, snapshot: snapshot)
        print("\(file): \(try tools.prove(part)) tables, readable to the end")
        guard try session.hasTable("product_files") else { return [] }
        return try session.rows(MediaOwners.named).compactMap { cells in
            guard let shop = cells[0].flatMap({ Int64($0) }), let hash = cells[1] else { return nil }
            return MediaFile(shop: shop, sha256: hash)
        }
    }

    /// Proof that a copy of SQLite's is whole: opened, checked page by page, its rows counted; what its ledgers say is told.
    /// - Returns: what originals it names.
    @discardableResult
    static func prove(_ file: String, calling name: String) async throws -> [MediaFile] {
        let storage = try await SQLiteStorage.open(path: file, readOnly: true)
        do {
            let files = try await prove(storage, name)
            await storage.close()
            return files
        } catch {
            await storage.close()
            throw error
        }
    }

    private static func prove(_ storage: SQLiteStorage, _ name: String) async throws -> [MediaFile] {
        if let fault = try await storage.check().first {
            throw Settings.Fault(description: "\(name) is damaged: \(fault)")
        }
        try await tellFindings(storage, name)
        let (counts, files) = try await storage.read { db in
            let tables = try db.describe().tables.map(\.name)
            let counts = try tables.map { table in
                (table, try db.row("SELECT count(*) FROM \(raw: table)")?.integer(0) ?? 0)
            }
            let rows = tables.contains("product_files") ? try db.rows(MediaOwners.named) : Rows(width: 0)
            return (counts, rows.map { MediaFile(shop: $0.integer(0) ?? 0, sha256: $0.text(1) ?? "") })
        }
        let shown = counts.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        print("\(name): sound; \(shown)")
        return files
    }

    /// What does not add up was so before it was copied, and needs a backup all the more. The tables of an older butik are not
    /// those that are examined.
    private static func tellFindings(_ storage: SQLiteStorage, _ name: String) async throws {
        do {
            try await Database.migrator(for: storage.dialect).check(storage)
        } catch is Migrator.Problem {
            return
        }
        let findings = try await Doctor.examine(storage)
        guard let first = findings.first else { return }
        let more = findings.count > 1 ? " (and \(findings.count - 1) more, which butik doctor shows)" : ""
        FileHandle.standardError.write(Data("\(name) does not add up: \(first)\(more)\n".utf8))
    }
}
