import Persistence
import Resources

/// WooCommerce's own product export: products of the types simple, external, grouped and variable, and variations that name
/// their parent by SKU or as `id:123`. A product without a SKU is known by that `id:123`.
struct WooCommerceReader: RecordReader {
    private var groups: RowGroups
    private let choices: WooChoices
    private let zone: Zone

    let columns = [
        "own_id": "SKU", "name": "Name", "description": "Description", "list_description": "Short description",
        "price": "Regular price", "sale_price": "Sale price", "sale_from": "Date sale price starts",
        "sale_to": "Date sale price ends", "gtin": WooCell.gtin, "stock": "Stock", "categories": "Categories",
        "main_category": "Categories", "product_labels": "Tags", "images": "Images", "related": "Grouped products",
        "similar": "Upsells", "min_stock_value": "Low stock amount", "weight": "Position", "stock_settings": "Parent",
        "profile": "Attribute 1 name", "attributes": "Attribute 1 value(s)", "brand": "Brands",
        "shipping_weight": "Weight (kg)",
    ]

    /// Reads the file once to learn by which attributes each product's variations differ: the parent's own row does not say.
    init(_ source: ImportSource, zone: Zone) throws {
        choices = try WooChoices(WooCommerceReader.table(source))
        self.zone = zone
        groups = RowGroups(try WooCommerceReader.table(source)) { row, first in
            WooCell(row).isVariation
                && WooCell(row).parent == (WooCell(first).isVariation ? WooCell(first).parent : WooCell(first).ownID)
        }
    }

    private static func table(_ source: ImportSource) throws -> CSVTable {
        try CSVTable(source, required: ["Type", "SKU", "Name", "Regular price"])
    }

    mutating func next() throws -> Result<ImportRecord, ImportFault>? {
        try groups.next()?.flatMap { rows in
            WooProduct(rows.map(WooCell.init), choices, zone).record
        }
    }
}

/// By which attributes the variations of each product differ, as their rows say.
struct WooChoices {
    private var names: [String: [String]] = [:]
    init(_ table: CSVTable) throws {
        var table = table
        // Rows that cannot be read are reported when they come.
        while let item = try table.next() {
            guard case .success(let row) = item, case let cell = WooCell(row), cell.isVariation else { continue }
            for attribute in cell.attributes where names[cell.parent]?.contains(attribute.name) != true {
                names[cell.parent, default: []].append(attribute.name)
            }
        }
    }

    func names(of parent: String) -> [String] { names[parent] ?? [] }
}

/// One row with its cells understood.
struct WooCell {
    static let gtin = "GTIN, UPC, EAN, or ISBN"
    private static let list = CellList(separator: ",")

    let row: CSVRow

    init(_ row: CSVRow) {
        self.row = row
    }

    /// The type, beside `virtual` and `downloadable`.
    private var types: [String] { Self.list.values(row["Type"].lowercased()) }
    var isVariation: Bool { types.contains("variation") }

    var ownID: String {
        if !row["SKU"].isEmpty { return row["SKU"] }
        return row["ID"].isEmpty ? "" : "id:" + row["ID"]
    }

    var parent: String { row["Parent"] }

    func list(_ column: String) -> [String] { Self.list.values(row[column]) }

    /// `Clothing > Shirts, New` is two paths.
    var categories: [JSON] {
        list("Categories").map { path in
            .array(path.split(separator: ">").map { .string(String($0).trimmed) }.filter { $0 != .string("") })
        }
    }

    struct Attribute {
        let name: String
        let values: [String]
    }

    var attributes: [Attribute] {
        var attributes: [Attribute] = []
        var number = 1
        while let name = row.cell("Attribute \(number) name") {
            if !name.isEmpty {
                attributes.append(Attribute(name: name, values: list("Attribute \(number) value(s)")))
            }
            number += 1
        }
        return attributes
    }

    /// In kilograms. The header names the unit of the shop.
    var mass: String {
        for unit in ["kg", "g", "lbs", "oz"] {
            if let cell = row.cell("Weight (\(unit))") { return Grams.kilograms(cell, unit: unit) }
        }
        return ""
    }

    /// A count; the export writes `parent` where the parent's holds, and decimals for what is counted in whole pieces.
    var stock: String { row["Stock"] == "parent" ? "" : row["Stock"] }
}
