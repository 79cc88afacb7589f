import ArgumentParser
import Foundation
import Persistence
import Resources

/// `butik bench`: what a benchmark compares with.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Baselines to compare a benchmark with.", subcommands: [ServeBare.self, Commits.self])

    struct ServeBare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve", abstract: "Serves /bare, a fixed body of a given size, beside everything else.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The port to listen on.") var port: Int?
        @Option(help: "Bytes of body.") var bytes = 16_384

        func run() async throws {
            let settings = try await Settings.load(options, port: port)
            let body =
                Array("[\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, bytes - 4)) + Array("\"]".utf8)
            let bare = Endpoint(
                .get, "/bare", .open, "bare", "A fixed body.", Documentation(),
                .plain { _ in Answer(body: body, isTagged: false) })
            try await Database.with(settings, readOnly: true) { storage in
                try await Serve.run(settings, storage, nil, extra: [bare])
            }
        }
    }

    struct Commits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How many durable one-row transactions a second one client gets.")

        @OptionGroup var options: CommonOptions
        @Option(help: "For how long.") var seconds = 3

        func run() async throws {
            let settings = try await Settings.load(options)
            try await Database.with(settings) { storage in
                let clock = ContinuousClock()
                let end = clock.now + .seconds(seconds)
                var count = 0
                while clock.now < end {
                    let value = count
                    try await storage.write { db in
                        _ = try db.run(
                            """
                            INSERT INTO counters (webshop_id, name, value) VALUES (0, 'bench', \(value))
                            ON CONFLICT (webshop_id, name) DO UPDATE SET value = excluded.value
                            """)
                    }
                    count += 1
                }
                print("commits/s: \(count / seconds)")
            }
        }
    }
}
