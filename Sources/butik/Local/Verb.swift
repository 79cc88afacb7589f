import ArgumentParser
import Secrets
import StorageSQLite

/// A command that changes the database. Where a server has that for itself, the server runs it: the same code, at its own
/// storage (`LocalServer`).
protocol Verb: AsyncParsableCommand, Sendable {
    var options: CommonOptions { get }

    /// What only the place where the command was given has: a file, a password, a yes. Asked for before anything is done.
    func input() throws -> Input

    /// Does the work, and says what there is to say.
    /// - Throws: what is told as the command's failure, or an `ExitCode`.
    func run(at desk: Desk) async throws

    /// Has the server do it that has the database.
    func run(beside inUse: DatabaseInUse, _ settings: Settings, _ input: Input) async throws
}

extension Verb {
    func input() throws -> Input { .nothing }

    func run() async throws {
        let settings = try await Settings.load(options)
        let input = try input()
        do {
            try await Database.with(settings) { storage in
                let keys = { @Sendable in try await Database.keys(settings, storage) }
                try await run(
                    at: Desk(storage: storage, settings: settings, input: input, output: .terminal, keys: keys))
            }
        } catch let inUse as DatabaseInUse {
            try await run(beside: inUse, settings, input)
        }
    }

    func run(beside inUse: DatabaseInUse, _ settings: Settings, _ input: Input) async throws {
        try await LocalServer(settings, inUse).run(input)
    }
}
