import ArgumentParser
import Commerce
import Resources

/// `butik token`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "API tokens.", subcommands: [Create.self, List.self, Revoke.self])

    struct Create: Verb {
        static let configuration = CommandConfiguration(abstract: "Makes a token and prints it, once.")

        @OptionGroup var options: CommonOptions
        @Option(help: "The shop it opens.") var shop: Int64
        @Option(help: "What it is for.") var name = "command line"
        @Option(help: "read, write or all.") var level = Token.Level.read
        @Option(help: "butik, or hex32 for clients with short columns.") var format = TokenText.Format.butik
        @Flag(help: "No daily limit.") var unlimited = false

        func run(at desk: Desk) async throws {
            let text = try await desk.storage.transact(
                inShop: shop, publicURL: desk.settings.publicURL, at: SystemClock.now()
            ) { [self] tx in
                try Token.issue(
                    name, level: level, format: format, dailyLimit: unlimited ? nil : Token.dailyLimitDefault, in: tx)
            }
            desk.output.print(text.text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists tokens, without their secrets.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Table.print(
                """
                SELECT webshop_id, token_id, name, access_level, prefix, last_four FROM tokens
                WHERE removed_on IS NULL ORDER BY webshop_id, token_id
                """, ["shop", "token_id", "name", "level", "prefix", "last_four"], options)
        }
    }

    struct Revoke: Verb {
        static let configuration = CommandConfiguration(abstract: "Revokes a token for good.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "Its id.") var id: Int64
        @Option(help: "Its shop.") var shop: Int64
        @Flag(help: "Do not ask.") var yes = false

        func input() throws -> Input {
            try Confirmation.ask("Revoke token \(id) of shop \(shop)?", yes: yes)
            return .nothing
        }

        func run(at desk: Desk) async throws {
            try await desk.storage.transact(
                inShop: shop, publicURL: desk.settings.publicURL, at: SystemClock.now()
            ) { [id] tx in try Token.revoke(id, in: tx) }
            desk.output.print("token \(id) is revoked")
        }
    }
}
