package import Persistence
package import Resources

/// Imports the fashion CSV: products with a four-level category tree (gender, master, sub, article type), brands read
/// from the names where they are plain, and prices made from the ids, so that every run gives the same shop.
package struct FashionImport: Sendable {
    private static let columns = [
        "id", "gender", "masterCategory", "subCategory", "articleType", "baseColour", "season", "year", "usage",
        "productDisplayName",
    ]
    private static let rowsPerTransaction = 200

    private let storage: any Storage
    private let tenant: Tenant
    private let now: @Sendable () -> Instant
    private let options: ImportOptions

    package init(
        into storage: any Storage, tenant: Tenant, now: @escaping @Sendable () -> Instant, options: ImportOptions
    ) {
        self.storage = storage
        self.tenant = tenant
        self.now = now
        self.options = options
    }

    /// Reads the whole file first, because a brand is only plain when several products have it.
    package func run(_ csv: CSVReader) async throws -> ImportReport {
        var (rows, report) = try FashionRow.all(csv, columns: Self.columns)
        if options.isStrict, !report.faults.isEmpty { return report }
        let brands = BrandNames(rows.map(\.name))
        for row in rows.indices { rows[row].brand = brands.brand(of: rows[row].name) }
        var done = 0
        for start in stride(from: 0, to: rows.count, by: Self.rowsPerTransaction) {
            let part = Array(rows[start..<min(start + Self.rowsPerTransaction, rows.count)])
            report.add(try await write(part))
            // A plan made for an empty table would be kept while the table grows.
            if start == 0, !options.isDryRun { try await storage.learnStatistics() }
            done += part.count
            options.progress(done)
            if options.isStrict, !report.faults.isEmpty { break }
        }
        return report
    }

    /// Carries the report out of a transaction that is given up.
    private struct Unkept: Error {
        let report: ImportReport
    }

    private func write(_ rows: [FashionRow]) async throws -> ImportReport {
        do {
            return try await storage.write { [self] db in
                let tx = Transaction(db, tenant: tenant, now: now(), requestID: "import")
                var writer = FashionWriter(try SKUs.units(rows.map(\.id), in: tx).mapValues(\.productID))
                var report = ImportReport()
                for row in rows {
                    do {
                        // Only what was kept is remembered: the ids of a row that was undone are nobody's.
                        var attempt = writer
                        try tx.savepoint { try attempt.write(row, &report, tx) }
                        writer = attempt
                    } catch let problem as Problem {
                        report.faults.append(
                            .init(record: row.record, line: row.line, column: "", reason: problem.detail))
                        if options.isStrict { throw Unkept(report: report) }
                    }
                }
                if options.isDryRun { throw Unkept(report: report) }
                try tx.flushEvents()
                return report
            }
        } catch let unkept as Unkept {
            return unkept.report
        }
    }
}

/// One row of the fashion CSV.
struct FashionRow: Sendable {
    let record: Int
    let line: Int
    let id: String
    let path: [String]
    let colour: String
    let season: String
    let year: String
    let usage: String
    let name: String
    var brand: String?

    static func all(_ csv: CSVReader, columns: [String]) throws -> ([FashionRow], ImportReport) {
        var csv = csv
        guard let header = try csv.next(), header.fields == columns else {
            throw CSVReader.Failure(line: 1, reason: "the header must be \(columns.joined(separator: ","))")
        }
        var rows: [FashionRow] = []
        var report = ImportReport()
        while let record = try next(of: &csv, &report) {
            func refuse(_ column: String, _ reason: String) {
                report.faults.append(.init(record: record.number, line: record.line, column: column, reason: reason))
            }
            let fields = record.fields
            guard fields.count == columns.count else {
                refuse("", "has \(fields.count) fields instead of \(columns.count)")
                continue
            }
            if let long = [0, 1, 2, 3, 4, 9].first(where: { fields[$0].unicodeScalars.count > textMax }) {
                refuse(columns[long], "has more than \(textMax) characters")
            } else if fields[0].isEmpty {
                refuse("id", "is empty")
            } else if fields[9].isEmpty {
                refuse("productDisplayName", "is empty")
            } else {
                rows.append(
                    FashionRow(
                        record: record.number, line: record.line, id: fields[0],
                        path: fields[1...4].filter { !$0.isEmpty }, colour: fields[5], season: fields[6],
                        year: fields[7], usage: fields[8], name: fields[9]))
            }
        }
        return (rows, report)
    }

    /// What a name or a number may have.
    private static let textMax = 255

    /// The next record that can be read; those before it that cannot are reported.
    private static func next(of csv: inout CSVReader, _ report: inout ImportReport) throws -> CSVReader.Record? {
        while true {
            do {
                return try csv.next()
            } catch let failure as CSVReader.Failure {
                report.faults.append(
                    .init(record: failure.record, line: failure.line, column: "", reason: failure.reason))
            }
        }
    }

    /// A price between 49.95 and 1,248.95, always the same for the same id.
    var price: Amount {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Amount(Int64(hash % 1200) * 100 + 4995)
    }

    var stock: Int64 { price.minor / 100 % 90 + 10 }
}

/// Writes rows of one transaction; looks each category and brand up once.
private struct FashionWriter {
    private var products: [String: Int64]
    private var categories: [String: Int64] = [:]
    private var brands: [String: Int64] = [:]

    init(_ products: [String: Int64]) {
        self.products = products
    }

    mutating func write(_ row: FashionRow, _ report: inout ImportReport, _ tx: Transaction) throws {
        let path = try categoryPath(row.path, tx)
        let brand = try row.brand.map { try self.brand($0, tx) }
        func fill(_ product: inout Product) {
            product.ownID = row.id
            product.name = row.name
            product.brandID = brand
            product.mainCategoryID = path.last
            product.categories = .list(path)
            product.listDescription = [row.colour, row.usage].filter { !$0.isEmpty }.joined(separator: ", ")
            product.search = [row.colour, row.season, row.year, row.usage].filter { !$0.isEmpty }.joined(
                separator: "\r\n")
        }
        if let id = products[row.id] {
            var product = try tx.take(Product.self, id)
            fill(&product.value)
            let before = product.version
            if try tx.update(product).version == before { report.unchanged += 1 } else { report.updated += 1 }
        } else {
            let id = try tx.newID(Product.self)
            var product = try Product.starting(id)
            fill(&product)
            product.price = row.price
            try tx.insert(product)
            try StockLedger.post([.init(StockUnit(id.rawValue), by: row.stock, .import)], in: tx)
            products[row.id] = id.rawValue
            report.created += 1
        }
    }

    private mutating func categoryPath(_ names: [String], _ tx: Transaction) throws -> [Int64] {
        var path: [Int64] = []
        var key = ""
        for name in names {
            key += "/" + name
            if categories[key] == nil { categories[key] = try Category.named(name, under: path.last ?? 0, key, in: tx) }
            path.append(categories[key] ?? 0)
        }
        return path
    }

    private mutating func brand(_ name: String, _ tx: Transaction) throws -> Int64 {
        if let id = brands[name] { return id }
        let found = try tx.db.row(
            """
            SELECT brand_id FROM brands WHERE webshop_id = \(tx.shop) AND name = \(name) AND removed_on IS NULL
            ORDER BY brand_id LIMIT 1
            """)
        if let id = found?.integer(0) {
            brands[name] = id
            return id
        }
        let id = try tx.newID(Brand.self)
        try tx.insert(Brand(id: id, name: name, description: "", rewriteURL: ""))
        brands[name] = id.rawValue
        return id.rawValue
    }
}

/// Reads brands out of product names: the words before the person they are for, where several products share them.
struct BrandNames {
    private static let people: Set<String> = [
        "Men", "Men's", "Mens", "Women", "Women's", "Womens", "Boys", "Boy's", "Girls", "Girl's", "Kids", "Kid's",
        "Unisex",
        "Man", "Woman",
    ]
    /// How many products must share a brand.
    private static let productsMin = 3

    private let counts: [String: Int]

    init(_ names: [String]) {
        counts = names.reduce(into: [:]) { counts, name in
            for wish in BrandNames.candidates(name) { counts[wish, default: 0] += 1 }
        }
    }

    func brand(of name: String) -> String? {
        Self.candidates(name).last { counts[$0, default: 0] >= Self.productsMin }
    }

    /// "United Colors of Benetton Men Shirt" may be a brand of one to four words.
    private static func candidates(_ name: String) -> [String] {
        let words = name.split(separator: " ").map(String.init)
        guard let end = words.firstIndex(where: { people.contains($0) }), (1...4).contains(end) else { return [] }
        return (1...end).map { words[..<$0].joined(separator: " ") }
    }
}
