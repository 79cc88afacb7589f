import Foundation
import StoragePostgres

/// Postgres' own tools, which do this best. The password goes to them through the environment, because everybody on the
/// machine reads command lines.
struct PostgresTools {
    let url: String
    private let address: PostgresURL

    /// What the database is called, without its password.
    var name: String { address.name }

    init(_ url: String) throws {
        self.url = url
        address = try PostgresURL(url)
    }

    func dump(to file: String, snapshot: String) throws {
        try run(
            "pg_dump", ["--format=custom", "--snapshot=\(snapshot)", "--file=\(file)", "--dbname=\(address.words)"])
    }

    /// Reads an archive to its end and answers how many tables' rows it holds.
    func prove(_ file: String) throws -> Int {
        try run("pg_restore", ["--file=/dev/null", file])
        return try run("pg_restore", ["--list", file]).split(separator: "\n").filter { $0.contains(" TABLE DATA ") }
            .count
    }

    /// In one transaction: whoever reads sees the old rows or the new.
    func restore(_ file: String) throws {
        try run(
            "pg_restore",
            [
                "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
                "--dbname=\(address.words)", file,
            ])
    }

    @discardableResult
    private func run(_ name: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        if let password = address.password {
            process.environment = ProcessInfo.processInfo.environment.merging(["PGPASSWORD": password]) { $1 }
        }
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
