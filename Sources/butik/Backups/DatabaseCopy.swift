import Areas
import Commerce
import Foundation
import Media
import Persistence
import StoragePostgres
import StorageSQLite

/// A copy of the database in a file, proven before it has its name.
enum DatabaseCopy {
    /// What is added to the name of a copy that is not proven yet.
    static let part = ".part"

    /// - Parameter files: saves the originals that the copy names. It has its name after that, so that the newest copy in a
    ///   folder never is one whose files were not looked after.
    static func write(
        _ settings: Settings, to file: String, files: ([MediaFile]) async throws -> Void = { _ in }
    ) async throws {
        guard Place(file) == .missing else { throw Settings.Fault(description: "\(file) exists already") }
        let part = try PartFile(file + Self.part)
        switch try Database.kind(of: settings.databaseURL) {
        case .sqlite(let path):
            try await SQLiteStorage.with(path: path, readOnly: true) { try await $0.backup(into: part.path) }
            try await files(try await prove(part.path, calling: file))
        case .postgres(let url):
            try await files(try write(PostgresTools(url), part, calledFinally: file))
        }
        try part.publish(as: file)
    }

    /// `pg_dump` and our question see the same moment.
    private static func write(
        _ tools: PostgresTools, _ part: PartFile, calledFinally file: String
    ) throws -> [MediaFile] {
        let session = try PostgresSession(url: tools.url)
        let snapshot = try session.beginSnapshot()
        try tools.dump(to: part, snapshot: snapshot)
        print("\(file): \(try tools.prove(part.path)) tables, readable to the end")
        guard try session.hasTable("product_files") else { return [] }
        return try session.rows(MediaOwners.named).compactMap { cells in
            guard let shop = cells[0].flatMap({ Int64($0) }), let hash = cells[1] else { return nil }
            return MediaFile(shop: shop, sha256: hash)
        }
    }

    /// Proof that a copy of SQLite's is whole: opened, checked page by page, its rows counted; what its ledgers say is told.
    /// - Returns: what originals it names.
    static func prove(_ file: String, calling name: String) async throws -> [MediaFile] {
        try await SQLiteStorage.with(path: file, readOnly: true) { try await prove($0, name) }
    }

    private static func prove(_ storage: SQLiteStorage, _ name: String) async throws -> [MediaFile] {
        if let fault = try await storage.check().first {
            throw Settings.Fault(description: "\(name) is damaged: \(fault)")
        }
        try await tellFindings(storage, name)
        let (counts, files) = try await storage.read { db in
            let tables = try db.describe().tables.map(\.name)
            let counts = try tables.map { table in
                (table, try db.rows("SELECT count(*) AS count FROM \(raw: table)").integers("count").reduce(0, +))
            }
            let rows = tables.contains("product_files") ? try db.rows(MediaOwners.named) : Rows(width: 0)
            return (counts, try rows.map { MediaFile(shop: try $0["webshop_id"], sha256: try $0["sha256"]) })
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
        let findings = try await House.doctor.examine(storage)
        guard let first = findings.first else { return }
        let more = findings.count > 1 ? " (and \(findings.count - 1) more, which butik doctor shows)" : ""
        FileHandle.standardError.write(Data("\(name) does not add up: \(first)\(more)\n".utf8))
    }
}
