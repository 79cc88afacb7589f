import ArgumentParser
import Commerce
import Exchange
import Foundation
import Persistence
import Resources
import StorageSQLite

/// `butik import`
struct Import: AsyncParsableCommand {
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
            then 1. Beside a server that has the SQLite database, the file goes through that server: give it a token.
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
    @Option(help: "A token of the shop, for a server that has the database. Else BUTIK_TOKEN.") var token: String?
    @Option(help: "Where that server is. Else BUTIK_URL, or the public URL of the settings.") var url: String?

    func run() async throws {
        let settings = try await Settings.load(options)
        guard FileManager.default.isReadableFile(atPath: file) else { throw unreadable }
        let report: ImportReport
        do {
            report = try await Database.with(settings) { storage in
                let tenant = try await Database.tenant(shop, in: storage, settings)
                let report = try await load(into: storage, tenant)
                if !isDryRun { try await storage.learnStatistics() }
                return report
            }
        } catch let inUse as DatabaseInUse {
            report = try await throughServer(settings, inUse)
        }
        for fault in report.faults { FileHandle.standardError.write(Data("\(fault)\n".utf8)) }
        print(report.told(would: isDryRun ? "would be " : ""))
        if report.failed > 0 { throw ExitCode.failure }
    }

    private var unreadable: Settings.Fault { Settings.Fault(description: "\(file) cannot be read") }

    private func load(into storage: any Storage, _ tenant: Tenant) async throws -> ImportReport {
        guard let products = format.products else {
            guard let data = FileManager.default.contents(atPath: file) else { throw unreadable }
            return try await CategoryFile.load(Array(data), into: storage, tenant)
        }
        var importing = ImportOptions()
        importing.isDryRun = isDryRun
        importing.isStrict = strict
        importing.log = { FileHandle.standardError.write(Data("\($0)\n".utf8)) }
        let progress = FileProgress(file)
        let importer = Importer(into: storage, tenant: tenant, now: SystemClock.now, options: importing)
        let report = try await importer.run(products, progress.source)
        progress.finish()
        return report
    }

    private func throughServer(_ settings: Settings, _ inUse: DatabaseInUse) async throws -> ImportReport {
        let environment = ProcessInfo.processInfo.environment
        // There is no call that takes a tree of categories.
        guard let products = format.products else { throw inUse }
        guard let token = token ?? environment["BUTIK_TOKEN"] else {
            throw Settings.Fault(
                description: "\(inUse); with --token (or BUTIK_TOKEN) the import goes through its HTTP API")
        }
        guard let data = FileManager.default.contents(atPath: file) else { throw unreadable }
        let remote = try RemoteImport(url ?? environment["BUTIK_URL"] ?? settings.publicURL, token: token, shop: shop)
        return try await remote.run(products, Array(data), isDryRun: isDryRun, isStrict: strict)
    }
}

/// A file that is read, and how far that is: shown by its bytes, because nobody has counted its records.
final class FileProgress: Sendable {
    private let path: String
    private let size: Int
    private let progress = Progress("bytes")

    init(_ path: String) {
        self.path = path
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// The file from its start, each time it is opened: a format that reads it twice fills the bar twice.
    var source: ImportSource {
        ImportSource { [self] in
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw Settings.Fault(description: "\(path) cannot be read")
            }
            var read = 0
            return { [self] in
                guard let data = try handle.read(upToCount: 65_536), !data.isEmpty else { return nil }
                read += data.count
                if read < size { progress.show(read, of: size) }
                return Array(data)
            }
        }
    }

    func finish() { progress.show(size, of: size) }
}
