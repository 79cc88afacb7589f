import Foundation
package import Persistence
import StoragePostgres
import StorageSQLite

/// The engine this run of the tests is about. The whole suite runs once for each, from one source.
package enum Engine: String, Sendable {
    case sqlite, postgres

    package static let current: Engine = {
        let name = ProcessInfo.processInfo.environment["BUTIK_TEST_ENGINE"] ?? "sqlite"
        guard let engine = Engine(rawValue: name) else { fatalError("BUTIK_TEST_ENGINE must be sqlite or postgres") }
        return engine
    }()

    /// Many tests share one server, so it has more connections than the cores would ask for.
    private static let poolSize = 16

    /// The throw-away cluster that `deploy/test` starts.
    package static let postgresURL = ProcessInfo.processInfo.environment["BUTIK_TEST_POSTGRES"]

    /// An empty database of its own, and the URL the binary would open it by.
    package static func emptyDatabase(
        on engine: Engine = current
    ) async throws -> (url: String, storage: any Storage) {
        let name = "butik_test_\(getpid())_\(UInt32.random(in: 0 ... .max))"
        switch engine {
        case .sqlite:
            let path = NSTemporaryDirectory() + name + "/butik.db"
            return ("sqlite:" + path, try await SQLiteStorage.open(path: path))
        case .postgres:
            guard let server = postgresURL else { fatalError("BUTIK_TEST_POSTGRES must name a Postgres server") }
            try Shell.run("psql", [server, "-qc", "CREATE DATABASE \(name)"])
            guard var parts = URLComponents(string: server) else { fatalError("BUTIK_TEST_POSTGRES must be a URL") }
            parts.path = "/" + name
            let url = parts.string ?? server
            return (url, try await PostgresStorage.open(url: url, poolSize: poolSize, allowsUnsafe: true))
        }
    }

    /// Opens a database again, as another process would.
    package static func open(_ url: String) async throws -> any Storage {
        url.hasPrefix("sqlite:")
            ? try await SQLiteStorage.open(path: String(url.dropFirst("sqlite:".count)))
            : try await PostgresStorage.open(url: url, poolSize: poolSize, allowsUnsafe: true)
    }
}

extension Storage {
    /// How many statements were sent so far.
    package var statements: Int {
        switch self {
        case let sqlite as SQLiteStorage: sqlite.statementCount.load(ordering: .relaxed)
        case let postgres as PostgresStorage: postgres.statementCount
        default: 0
        }
    }
}

extension Storage {
    /// How many transactions had to run again because another stood in their way. SQLite has one writer.
    package var losses: Int { (self as? PostgresStorage)?.lossCount ?? 0 }
}

/// Runs other programs.
package enum Shell {
    package struct Failed: Error {
        package let command: String
        package let status: Int32
        package let output: String
    }

    @discardableResult
    package static func run(
        _ command: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(command: command, status: process.terminationStatus, output: output)
        }
        return output
    }
}
