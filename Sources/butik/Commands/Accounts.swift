import ArgumentParser
import Basics
import Commerce
import Foundation
import Persistence
import Resources
import Seeding

/// `butik user`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users who look after shops.", subcommands: [Create.self, List.self])

    struct Create: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Makes a user; the password is made and printed unless given.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "E-mail address.") var email: String
        @Option(help: "Name.") var name = ""
        @Flag(help: "Reads the password, 10 characters at least, as a line of standard input.") var passwordStdin =
            false
        @Option(help: "A shop to look after; can be repeated.") var shop: [Int64] = []

        /// The password: everybody on the machine reads command lines.
        func input() throws -> Input {
            guard passwordStdin else { return .nothing }
            guard let line = readLine() else {
                throw Settings.Fault(description: "there is no password on standard input")
            }
            return .text(line)
        }

        func run(at desk: Desk) async throws {
            let password =
                try passwordStdin ? String(decoding: desk.input.read(), as: UTF8.self) : Password.generated()
            let hash = try Password.hash(password)
            let id = try await desk.storage.write(changing: User.tables) { [self] db in
                try User.add(email, name: name, hash: hash, shops: shop, in: db, now: SystemClock.now())
            }
            desk.output.print("user \(id): \(email)")
            if !passwordStdin { desk.output.print("password: \(password)") }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists users.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Table.print(
                "SELECT user_id, email, name FROM users ORDER BY user_id", ["user_id", "email", "name"], options)
        }
    }
}

/// `butik shop`
struct ShopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shop", abstract: "Webshops.", subcommands: [Create.self, List.self])

    struct Create: Verb {
        static let configuration = CommandConfiguration(abstract: "Opens a shop.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "Name.") var name: String
        @Option(help: "ISO 4217 code.") var currency = "DKK"
        @Option(help: "ISO 3166 code of the shop's country.") var country = "DK"
        @Option(help: "VAT rate in percent, such as 25 or 8.1; the country's standard rate if not given.")
        var vat: String?
        @Flag(name: .customLong("prices-exclude-vat"), help: "Prices are without VAT.") var excludesVAT = false
        @Option(name: .customLong("time-zone"), help: "IANA name.") var timeZone = "Europe/Copenhagen"
        @Option(help: "A host name of the shop; can be repeated.") var domain: [String] = []

        func validate() throws {
            guard vat == nil || rate != nil else { throw ValidationError("--vat must be a percentage from 0 to 100") }
        }

        /// The VAT in hundredths of a percent, where it is given.
        private var rate: Int64? {
            vat.flatMap { JSONNumber(text: $0).scaled(places: 2)?.int64 }.flatMap {
                (0...10_000).contains($0) ? $0 : nil
            }
        }

        func run(at desk: Desk) async throws {
            var opening = Shop.Opening(name: name)
            opening.currency = currency
            opening.pricesIncludeVAT = !excludesVAT
            opening.timeZone = timeZone
            opening.domains = domain
            let wanted = opening
            let placed = try await desk.storage.read { [self] db in
                var placed = wanted
                try placed.place(in: country, rate: rate, db)
                return placed
            }
            let id = try await desk.storage.openShop(
                placed, publicURL: desk.settings.publicURL, at: SystemClock.now()
            ).shop
            desk.output.print("shop \(id): \(name)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists shops.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await Table.print(
                """
                SELECT w.webshop_id, w.name, c.iso, w.currency, w.domains FROM webshops w
                LEFT JOIN countries c ON c.country_id = w.country_id WHERE w.removed_on IS NULL ORDER BY w.webshop_id
                """, ["webshop_id", "name", "country", "currency", "domains"], options)
        }
    }
}

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

extension Token.Level: ExpressibleByArgument {}
extension TokenText.Format: ExpressibleByArgument {}

/// Prints rows in columns.
enum Table {
    static func print(_ sql: SQL, _ headers: [String], _ options: CommonOptions) async throws {
        let settings = try await Settings.load(options)
        let rows = try await Database.with(settings, readOnly: true) { try await $0.fetch(sql) }
        let lines = [headers] + rows.map { $0.values.map(text) }
        let widths = headers.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = zip(line, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            Swift.print(cells.joined(separator: "  "))
        }
    }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: ""
        case .integer(let integer): String(integer)
        case .text(let text): text
        }
    }
}
