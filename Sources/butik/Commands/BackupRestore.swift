import ArgumentParser
import Commerce
import Foundation
import Persistence
import StorageSQLite

/// `butik backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a checked copy of the database, beside a running server.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "The file to write.") var file: String

    func run() async throws {
        let settings = try await Settings.load(options)
        switch try Database.kind(of: settings.databaseURL) {
        case .sqlite(let path):
            let storage = try await SQLiteStorage.open(path: path, readOnly: true)
            try await storage.backup(to: file)
            await storage.close()
            try await Copy.prove(file)
        case .postgres(let url):
            try Tool.run("pg_dump", ["--format=custom", "--file=\(file)", "--dbname=\(url)"])
            try Tool.run("pg_restore", ["--file=/dev/null", file])
            print("\(file): \(try Tool.tables(in: file)) tables, readable to the end")
        }
    }
}

/// `butik restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Puts a backup in the place of the database.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "The backup.") var file: String
    @Flag(help: "Do not ask.") var yes = false

    func run() async throws {
        let settings = try await Settings.load(options)
        guard FileManager.default.fileExists(atPath: file) else {
            throw Settings.Fault(description: "there is no file \(file)")
        }
        try Confirmation.ask("Replace the database at \(settings.databaseURL) by \(file)?", yes: yes)
        switch try Database.kind(of: settings.databaseURL) {
        case .sqlite(let path): try await restore(to: path)
        case .postgres(let url):
            try Tool.run("pg_restore", ["--file=/dev/null", file])
            try Tool.run(
                "pg_restore",
                [
                    "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
                    "--dbname=\(url)", file,
                ])
            print("restored \(try Tool.tables(in: file)) tables")
        }
    }

    /// Swaps the files under the lock of the one process that writes, so never beside a running server. The old database
    /// is not opened: it may be the broken one this is about.
    private func restore(to path: String) async throws {
        try await Copy.prove(file)
        let part = path + ".restore"
        try? FileManager.default.removeItem(atPath: part)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file, toPath: part)
        let aside = "\(path).before-restore-\(SystemClock.now().milliseconds)"
        let lock = try ProcessLock(database: path)
        // A write-ahead log left behind would be replayed onto the new file, so it moves aside with the old one.
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
        }
        try FileManager.default.moveItem(atPath: part, toPath: path)
        withExtendedLifetime(lock) {}
        try await Copy.prove(path)
        print(FileManager.default.fileExists(atPath: aside) ? "the old database is \(aside)" : "there was none before")
    }
}

/// Proof that a copy is whole: opened, checked page by page, its rows counted, its ledgers examined.
enum Copy {
    static func prove(_ file: String) async throws {
        let storage = try await SQLiteStorage.open(path: file, readOnly: true)
        let faults = try await storage.check()
        let findings = faults.isEmpty ? try await Doctor.examine(storage) : []
        let counts = try await storage.read { db in
            try db.describe().tables.map { table in
                (table.name, try db.row("SELECT count(*) FROM \(raw: table.name)")?.integer(0) ?? 0)
            }
        }
        await storage.close()
        if let fault = faults.first { throw Settings.Fault(description: "\(file) is damaged: \(fault)") }
        if let finding = findings.first { throw Settings.Fault(description: "\(file) does not add up: \(finding)") }
        let shown = counts.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        print("\(file): sound; \(shown)")
    }
}

/// Postgres' own tools, which do this best.
enum Tool {
    static func run(_ name: String, _ arguments: [String]) throws {
        _ = try output(name, arguments)
    }

    /// How many tables' rows an archive holds.
    static func tables(in file: String) throws -> Int {
        try output("pg_restore", ["--list", file]).split(separator: "\n").filter { $0.contains(" TABLE DATA ") }.count
    }

    private static func output(_ name: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Settings.Fault(
                description: "\(name) failed; is Postgres' client installed, and as new as the server?")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
