import ArgumentParser
import Commerce
package import Exchange
import Foundation
import Persistence
import Resources

/// `butik export`
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a shop's products to a file, or to standard output.",
        discussion: """
            butik-jsonl  A product a line, with names in the place of ids, so that it can go into another shop.
            butik-csv    A row for each product, and behind it one for each variant, for spreadsheets.

            Both are read again by `butik import`. The order is that of the SKUs, and neither ids nor times of ours are in it: \
            the same range gives the same bytes. Works beside a running server.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: ArgumentHelp("What to write.", valueName: "format")) var format: ExportFormat
    @Argument(help: "The file; - is standard output.") var file = "-"
    @Option(help: "The shop.") var shop: Int64

    func run() async throws {
        let settings = try await Settings.load(options)
        let count = try await Database.with(settings, readOnly: true) { storage in
            let tenant = try await Database.tenant(shop, in: storage, settings)
            let export = ProductExport(from: storage, tenant: tenant, format: format)
            let total = try await export.count()
            let output = try output()
            let progress = Progress("products")
            try await export.run(progress: { progress.show($0, of: max($0, total)) }) { bytes in
                try output.write(contentsOf: Data(bytes))
            }
            if file != "-" { try finish(output) }
            return total
        }
        if file != "-" { print("\(count) products written to \(file)") }
    }

    /// Opened where it is and not put in its place: it may be a link, a pipe or a device.
    private func output() throws -> FileHandle {
        if file == "-" { return .standardOutput }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Settings.Fault(description: "\(file) cannot be written") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// A pipe or a device keeps nothing, and refuses to be flushed.
    private func finish(_ output: FileHandle) throws {
        var facts = stat()
        if fstat(output.fileDescriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG { try output.synchronize() }
        try output.close()
    }
}

extension ExportFormat: ExpressibleByArgument {}
