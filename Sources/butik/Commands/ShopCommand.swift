import ArgumentParser
import Basics
import Commerce
import Resources

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
