import ArgumentParser
import Commerce
import Foundation
import Persistence
import Resources

/// `butik import`
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Imports a file into a shop, upserting by SKU.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case fashionCSV = "fashion-csv"
        case categoriesJSON = "categories-json"
    }

    @OptionGroup var options: CommonOptions
    @Argument(help: "fashion-csv, or categories-json (plain or .gz).") var format: Format
    @Argument(help: "The file.") var file: String
    @Option(help: "The shop.") var shop: Int64
    @Flag(name: .customLong("dry-run"), help: "Check everything and store nothing.") var isDryRun = false
    @Flag(help: "Stop at the first bad row.") var strict = false

    func run() async throws {
        let settings = try await Settings.load(options)
        let report = try await Database.with(settings) { storage in
            let tenant = try await Database.tenant(shop, in: storage, settings)
            let report = try await load(into: storage, tenant)
            if !isDryRun { try await storage.learnStatistics() }
            return report
        }
        for fault in report.faults { FileHandle.standardError.write(Data("\(fault)\n".utf8)) }
        let would = isDryRun ? "would be " : ""
        print(
            "\(report.created) \(would)created, \(report.updated) \(would)updated, \(report.unchanged) unchanged, "
                + "\(report.faults.count) refused")
        if !report.faults.isEmpty { throw ExitCode.failure }
    }

    private var unreadable: Settings.Fault { Settings.Fault(description: "\(file) cannot be read") }

    private func load(into storage: any Storage, _ tenant: Tenant) async throws -> ImportReport {
        switch format {
        case .fashionCSV: return try await fashion(into: storage, tenant)
        case .categoriesJSON:
            guard let data = FileManager.default.contents(atPath: file) else { throw unreadable }
            return try await CategoryFile.load(Array(data), into: storage, tenant)
        }
    }

    private func fashion(into storage: any Storage, _ tenant: Tenant) async throws -> ImportReport {
        guard let handle = FileHandle(forReadingAtPath: file) else { throw unreadable }
        var importing = ImportOptions()
        importing.isDryRun = isDryRun
        importing.isStrict = strict
        let progress = Progress("rows")
        importing.progress = { progress.show($0, of: $0) }
        let csv = CSVReader {
            let data = try handle.read(upToCount: 65_536)
            return data.flatMap { $0.isEmpty ? nil : Array($0) }
        }
        return try await FashionImport(into: storage, tenant: tenant, now: SystemClock.now, options: importing).run(csv)
    }
}
