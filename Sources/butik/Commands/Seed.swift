import ArgumentParser
import Basics
import ButikFiles
import Commerce
import Compression
import Exchange
import Foundation
import Persistence
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
                passwordHash: try Password.hash(password), publicURL: desk.settings.publicURL)
            try await fill(shops.first, desk, seed)
            try await categories(shops.second, desk)
            try await storage.learnStatistics()
            if shops.areNew || !FileManager.default.fileExists(atPath: file) {
                let known = shops.areNew ? password : "(kept from the first seed)"
                try await DemoEnvironment.write(file, storage, settings, shops, password: known)
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

/// How long something took, and how much of it that is a second.
enum Timing {
    static func text(_ what: String, _ count: Int, _ time: Duration) -> String {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
        return "\(what): \(count) in \(Int(seconds * 1000)) ms, \(rate)/s"
    }
}

/// A JSON file of categories, plain or gzip.
enum CategoryFile {
    private static let bytesMax = 256 * 1_048_576

    static func load(_ bytes: [UInt8], into storage: any Storage, _ tenant: Tenant) async throws -> ImportReport {
        let isPacked = bytes.starts(with: [0x1F, 0x8B])
        guard let plain = isPacked ? Gzip.decompress(bytes, atMost: bytesMax) : bytes else {
            throw Settings.Fault(description: "the file is no gzip, or too large")
        }
        return try await CategoryImport.run(try parsed(plain), into: storage, tenant: tenant, now: SystemClock.now)
    }

    private static func parsed(_ bytes: [UInt8]) throws -> JSON {
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(bytes)
        } catch {
            throw Settings.Fault(description: "the file \(error.reason) (at byte \(error.offset))")
        }
    }
}

/// `demo.env`: where the demo is and how to get in (CONTRACT 3).
enum DemoEnvironment {
    static func write(
        _ file: String, _ storage: any Storage, _ settings: Settings, _ shops: DemoSeed.Shops, password: String
    ) async throws {
        let wanted: [(key: String, level: Token.Level, shop: Int64)] = [
            ("BUTIK_TOKEN_READ", .read, shops.first), ("BUTIK_TOKEN_WRITE", .write, shops.first),
            ("BUTIK_TOKEN_ALL", .all, shops.first), ("BUTIK_TOKEN_OTHER_SHOP", .all, shops.second),
        ]
        var lines = ["BUTIK_URL=\(settings.publicURL)", "BUTIK_USER=\(DemoSeed.email)", "BUTIK_PASSWORD=\(password)"]
        for (key, level, shop) in wanted {
            let token = try await storage.transact(
                inShop: shop, publicURL: settings.publicURL, at: SystemClock.now()
            ) { tx in try Token.issue("demo \(level.rawValue)", level: level, in: tx) }
            lines.append("\(key)=\(token.text)")
        }
        // Apps and OAuth clients have no seed yet; the keys are part of the file's form.
        lines += ["BUTIK_APP_TOKEN=", "BUTIK_OAUTH_CLIENT_ID=", "BUTIK_OAUTH_CLIENT_SECRET="]
        try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
        let isMade = FileManager.default.createFile(
            atPath: file, contents: Data((lines.joined(separator: "\n") + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw Settings.Fault(description: "\(file) cannot be written") }
    }
}
