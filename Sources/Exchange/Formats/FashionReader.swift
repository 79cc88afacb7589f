import Basics

/// The fashion CSV: products with a four-level category tree (gender, master, sub, article type), brands read from the names
/// where they are plain, and prices made from the ids, so that every run gives the same shop.
struct FashionReader: RecordReader {
    private static let names = [
        "id", "gender", "masterCategory", "subCategory", "articleType", "baseColour", "season", "year", "usage",
        "productDisplayName",
    ]

    private var table: CSVTable
    private let brands: BrandNames

    let columns = [
        "own_id": "id", "name": "productDisplayName", "categories": "articleType", "main_category": "articleType",
        "list_description": "usage", "search": "season", "brand": "productDisplayName",
    ]

    /// Reads the whole file once first, because a brand is only plain when several products have it.
    init(_ source: ImportSource) throws {
        var names: [String: Int] = [:]
        var all = try CSVTable(source, required: Self.names)
        while let item = try all.next() {
            guard case .success(let row) = item else { continue }
            for name in BrandNames.candidates(row["productDisplayName"]) { names[name, default: 0] += 1 }
        }
        brands = BrandNames(names)
        table = try CSVTable(source, required: Self.names)
    }

    mutating func next() throws -> Result<ImportRecord, ImportFault>? {
        try table.next()?.flatMap { row in
            row["id"].isEmpty ? .failure(ImportFault(row.place, column: "id", "is empty")) : .success(record(of: row))
        }
    }

    private func record(of row: CSVRow) -> ImportRecord {
        let path = Self.names[1...4].map { row[$0] }.filter { !$0.isEmpty }.map { JSON.string($0) }
        var body = JSONObject()
        body.append("own_id", .string(row["id"]))
        body.append("name", .string(row["productDisplayName"]))
        body.append("brand", brands.brand(of: row["productDisplayName"]).map { .string($0) } ?? .null)
        if !path.isEmpty { body.append("main_category", .array(path)) }
        // A product is found on every level of its path.
        body.append("categories", .array(path.indices.map { .array(Array(path[...$0])) }))
        body.append("list_description", .string(Self.joined([row["baseColour"], row["usage"]], by: ", ")))
        let words = [row["baseColour"], row["season"], row["year"], row["usage"]]
        body.append("search", .string(Self.joined(words, by: "\r\n")))
        var record = ImportRecord(row.place, body)
        let price = Self.price(row["id"])
        record.initially.append("price", .number(JSONNumber(text: "\(price).95")))
        record.initially.append("stock", .number(JSONNumber(price % 90 + 10)))
        return record
    }

    private static func joined(_ words: [String], by separator: String) -> String {
        words.filter { !$0.isEmpty }.joined(separator: separator)
    }

    /// A whole price between 49 and 1,248, always the same for the same id (FNV-1a).
    private static func price(_ id: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(hash % 1200) + 49
    }
}
