import ArgumentParser
import Exchange
import Foundation
import Resources
import StorageSQLite

/// `butik import`
struct Import: Verb {
    static let configuration = CommandConfiguration(
        abstract:
            "Imports a file into a shop. Products are found again by their SKU, so the same file twice changes nothing.",
        discussion: """
            shopify-csv      Shopify's product export: variants, images, tags as labels, SEO fields.
            woocommerce-csv  WooCommerce's product export: simple, variable, variations, grouped.
            butik-csv        A row for each product, and behind it one for each variant. An empty cell clears, a missing \
            column leaves.
            butik-jsonl      A product a line, with names in the place of ids; what `butik export` writes.
            fashion-csv      The catalogue of the demo.
            categories-json  A tree of categories, plain or .gz.

            A bad record is named by its number, its line and its column, and does not stop the good ones; the exit code is \
            then 1. Beside a server that has the SQLite database, that server does the import. With a token, best in BUTIK_TOKEN \
            since everybody on the machine can read command lines, a file of up to 16 MB goes through its HTTP API, where it is a \
            job that survives the server.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case shopifyCSV = "shopify-csv"
        case wooCommerceCSV = "woocommerce-csv"
        case butikCSV = "butik-csv"
        case butikJSONL = "butik-jsonl"
        case fashionCSV = "fashion-csv"
        case categoriesJSON = "categories-json"

        /// The format of products; nil for categories.
        var products: ImportFormat? { ImportFormat(rawValue: rawValue) }
    }

    @OptionGroup var options: CommonOptions
    @Argument(help: ArgumentHelp("What the file is.", valueName: "format")) var format: Format
    @Argument(help: "The file.") var file: String
    @Option(help: "The shop.") var shop: Int64
    @Flag(name: .customLong("dry-run"), help: "Check everything and store nothing.") var isDryRun = false
    @Flag(help: "Stop at the first bad record; its page of 500 is not kept.") var strict = false
    @Option(help: "A token of the shop, for a server that has the database; rather in BUTIK_TOKEN.") var token: String?
    @Option(help: "Where that server is. Else BUTIK_URL, or the public URL of the settings.") var url: String?

    func input() throws -> Input {
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw Settings.Fault(description: "\(file) cannot be read")
        }
        return .file(file)
    }

    func run(at desk: Desk) async throws {
        let tenant = try await Database.tenant(shop, in: desk.storage, desk.settings)
        let report = try await load(desk, tenant)
        if !isDryRun { try await desk.storage.learnStatistics() }
        try tell(report, desk.output)
    }

    private func load(_ desk: Desk, _ tenant: Tenant) async throws -> ImportReport {
        guard let products = format.products else {
            return try await CategoryFile.load(desk.input.read(), into: desk.storage, tenant)
        }
        var importing = ImportOptions()
        importing.isDryRun = isDryRun
        importing.isStrict = strict
        importing.log = { desk.output.complain("\($0)") }
        let progress = FileProgress(desk.input, desk.output)
        let importer = Importer(into: desk.storage, tenant: tenant, now: SystemClock.now, options: importing)
        let report = try await importer.run(products, progress.source)
        progress.finish()
        return report
    }

    private func tell(_ report: ImportReport, _ output: Output) throws {
        for fault in report.faults { output.complain("\(fault)") }
        output.print(report.told(would: isDryRun ? "would be " : ""))
        if report.failed > 0 { throw ExitCode.failure }
    }

    /// With a token the file goes through the API of the server, and else through its local door.
    func run(beside inUse: DatabaseInUse, _ settings: Settings, _ input: Input) async throws {
        let environment = ProcessInfo.processInfo.environment
        // There is no call that takes a tree of categories.
        guard let token = token ?? environment["BUTIK_TOKEN"], let products = format.products else {
            do {
                return try await LocalServer(settings, inUse).run(input)
            } catch is DatabaseInUse where format.products != nil {
                throw Settings.Fault(
                    description: "\(inUse); with a token in BUTIK_TOKEN the import goes through its HTTP API")
            }
        }
        let remote = try RemoteImport(url ?? environment["BUTIK_URL"] ?? settings.publicURL, token: token, shop: shop)
        try tell(try await remote.run(products, input.read(), isDryRun: isDryRun, isStrict: strict), .terminal)
    }
}
