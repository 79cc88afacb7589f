package import Basics
import Commerce
package import Exchange
import Resources

/// Files into a shop and out of it, in a test.
extension TestShop {
    /// Imports bytes without the server.
    @discardableResult
    package func importing(
        _ bytes: [UInt8], as format: ImportFormat, _ change: (inout ImportOptions) -> Void = { _ in }
    ) async throws -> ImportReport {
        var options = ImportOptions()
        change(&options)
        let clock = server.clock
        let importer = Importer(
            into: server.storage, tenant: try await tenant, now: { clock.now }, options: options)
        return try await importer.run(format, ImportSource(bytes))
    }

    @discardableResult
    package func importing(
        _ text: String, as format: ImportFormat, _ change: (inout ImportOptions) -> Void = { _ in }
    ) async throws -> ImportReport {
        try await importing(Array(text.utf8), as: format, change)
    }

    /// The shop's products as a file.
    package func exported(_ format: ExportFormat) async throws -> String {
        var bytes: [UInt8] = []
        try await ProductExport(from: server.storage, tenant: try await tenant, format: format).run { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many rows a list has.
    package func total(_ path: String) async throws -> Int64 {
        try await get("\(path)\(path.contains("?") ? "&" : "?")envelope=1&limit=0").json["paging"]["total"].integer
    }
}

extension ImportFormat {
    /// What a reader of the format makes of a text.
    package func records(_ text: String) throws -> [Result<ImportRecord, ImportFault>] {
        try records(Array(text.utf8))
    }

    package func records(_ bytes: [UInt8]) throws -> [Result<ImportRecord, ImportFault>] {
        var reader = try reader(ImportSource(bytes), for: .none)
        var records: [Result<ImportRecord, ImportFault>] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    /// The bodies alone, of a file without faults.
    package func bodies(_ text: String) throws -> [JSON] {
        try records(text).map { .object(try $0.get().body) }
    }
}
