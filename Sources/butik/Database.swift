import ButikFiles
import Commerce
import Foundation
import Persistence
import Resources
import Secrets
import StoragePostgres
import StorageSQLite

/// Opens the database that the settings name.
enum Database {
    enum Kind: Equatable {
        case sqlite(path: String)
        case postgres(url: String)
    }

    static func kind(of url: String) throws -> Kind {
        if url.hasPrefix("sqlite:") {
            var path = url.dropFirst("sqlite:".count)
            if path.hasPrefix("///") { path = path.dropFirst(2) }
            guard !path.isEmpty else { throw Settings.Fault(description: "database_url: sqlite: needs a path") }
            return .sqlite(path: String(path))
        }
        if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") { return .postgres(url: url) }
        throw Settings.Fault(description: "database_url must begin with sqlite: or postgres://")
    }

    /// What people call a database, without its password.
    static func name(_ kind: Kind) throws -> String {
        switch kind {
        case .sqlite(let path): "SQLite database \(path)"
        case .postgres(let url): try PostgresURL(url).name
        }
    }

    static func open(_ settings: Settings, readOnly: Bool = false) async throws -> any Storage {
        switch try kind(of: settings.databaseURL) {
        case .sqlite(let path):
            if readOnly, !FileManager.default.fileExists(atPath: path) {
                throw Settings.Fault(description: "there is no database at \(path); run: butik migrate")
            }
            return try await SQLiteStorage.open(path: path, readOnly: readOnly)
        case .postgres(let url): return try await PostgresStorage.open(url: url)
        }
    }

    /// Runs a command on a migrated database and closes it afterwards.
    static func with<T>(
        _ settings: Settings, readOnly: Bool = false, migrated: Bool = true,
        _ body: (any Storage) async throws -> T
    ) async throws -> T {
        let storage = try await open(settings, readOnly: readOnly)
        do {
            if migrated { try await migrator(for: storage.dialect).check(storage) }
            let result = try await body(storage)
            await storage.close()
            return result
        } catch {
            await storage.close()
            throw error
        }
    }

    /// The master keys of a database; a new one is given its key.
    static func keys(_ settings: Settings, _ storage: any Storage) async throws -> Keyring {
        try await Keyring.open(settings.masterKey, for: storage, at: SystemClock.now())
    }

    static func migrator(for dialect: Dialect) throws -> Migrator {
        Migrator(files: try ButikFiles.migrationFiles(), dialect: dialect)
    }

    /// The tenant of a shop, for commands that name one.
    static func tenant(_ shop: Int64, in storage: any Storage, _ settings: Settings) async throws -> Tenant {
        let tenant = try await storage.read { db in
            try Shop.tenant(shop, in: db, publicURL: settings.publicURL)
        }
        guard let tenant else { throw AccessFault.noShop(shop) }
        return tenant
    }
}
