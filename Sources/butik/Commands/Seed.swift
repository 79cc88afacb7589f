import ArgumentParser
import ButikFiles
import Commerce
import Exchange
import Foundation
import Resources
import Seeding

/// `butik seed`
struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fills the database with data to try things on.", subcommands: [Demo.self, Bench.self])

    struct Demo: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Two shops with real products. Running it twice changes nothing.")

        @OptionGroup var options: CommonOptions

        func run(at desk: Desk) async throws {
            let (storage, settings) = (desk.storage, desk.settings)
            let file = settings.data + "/demo.env"
            let password = Password.generated()
            let seed = DemoSeed(into: storage, now: SystemClock.now)
            let shops = try await seed.openShops(
                passwordHash: try await desk.hash(password), publicURL: desk.settings.publicURL)
            try await fill(shops.first, desk, seed)
            try await categories(shops.second, desk)
            try await storage.learnStatistics()
            if shops.areNew || !FileManager.default.fileExists(atPath: file) {
                let known = shops.areNew ? password : "(kept from the first seed)"
                try await DemoEnvironment.write(
                    file, storage, settings, try await desk.keys(), shops, password: known)
            }
            desk.output.print("The demo is ready; its tokens are in \(file).")
        }

        private func fill(_ shop: Int64, _ desk: Desk, _ seed: DemoSeed) async throws {
            let tenant = try await Database.tenant(shop, in: desk.storage, desk.settings)
            let source = ImportSource(try ButikFiles.seed("fashion-products.csv"))
            var importing = ImportOptions()
            let progress = Progress("products", desk.output)
            importing.progress = { progress.show($0, of: 4998) }
            let importer = Importer(into: desk.storage, tenant: tenant, now: SystemClock.now, options: importing)
            let report = try await importer.run(.fashionCSV, source)
            desk.output.print(
                "products: \(report.created) new, \(report.unchanged) unchanged, \(report.refused) refused")
            try await seed.furnish(tenant)
        }

        private func categories(_ shop: Int64, _ desk: Desk) async throws {
            let tenant = try await Database.tenant(shop, in: desk.storage, desk.settings)
            let report = try await CategoryFile.load(
                ButikFiles.seed("bestbuy-categories.json.gz"), into: desk.storage, tenant)
            desk.output.print("categories: \(report.created) new, \(report.unchanged) unchanged")
        }
    }

    struct Bench: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Many products, customers and orders, always the same.")

        @OptionGroup var options: CommonOptions
        @Option(help: "How many products.") var products = 100_000
        @Option(help: "How many variants each product has, at most \(BenchSeed.variantsMax).") var variants = 0
        @Option(help: "How many orders.") var orders = 100_000
        @Option(help: "How many customers.") var customers = 10_000

        func validate() throws {
            guard 0...BenchSeed.variantsMax ~= variants else {
                throw ValidationError("--variants is from 0 to \(BenchSeed.variantsMax)")
            }
        }

        func run(at desk: Desk) async throws {
            let storage = desk.storage
            let (shop, token) = try await storage.openShop(
                .init(name: "Bench"), publicURL: desk.settings.publicURL, at: SystemClock.now()
            ) { tx in try Token.issue("bench", level: .write, dailyLimit: nil, in: tx) }
            let tenant = try await Database.tenant(shop, in: storage, desk.settings)
            let bars = ["products", "customers", "orders"].map { ($0, Progress($0, desk.output)) }
            let seed = BenchSeed(into: storage, tenant: tenant, now: SystemClock.now) { what, done, total in
                bars.first { $0.0 == what }?.1.show(done, of: total)
            }
            func measure(_ what: String, _ count: Int, _ work: () async throws -> Void) async throws {
                desk.output.print(Timing.text(what, count, try await ContinuousClock().measure(work)))
            }
            try await measure("products", products) { try await seed.addProducts(products, variants: variants) }
            try await measure("customers", customers) { try await seed.addCustomers(customers) }
            try await measure("orders", orders) { try await seed.addOrders(orders) }
            // Else the server that starts next has them all to place.
            try await EventFeed.place(in: storage)
            try await storage.learnStatistics()
            desk.output.print("BUTIK_TOKEN_WRITE=\(token.text)")
        }
    }
}
