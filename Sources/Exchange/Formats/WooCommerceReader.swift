import Basics
import Commerce
import Persistence
import Resources

/// WooCommerce's own product export: products of the types simple, external, grouped and variable, and variations that name
/// their parent by SKU or as `id:123`. A product without a SKU is known by that `id:123`.
struct WooCommerceReader: RecordReader {
    private var groups: RowGroups
    private let file: WooFile
    private let numbers: FileNumbers
    /// Variations that wait for their product.
    private var strays: [String: [CSVRow]]

    let columns: [String: String]
    let variantColumns: [String: String]

    /// Reads the file once to learn what its rows leave out.
    init(_ source: ImportSource) throws {
        let table = try WooCommerceReader.table(source)
        let mass = table.names.first { $0.lowercased().hasPrefix("weight (") } ?? "Weight (kg)"
        columns = Self.columns.merging(["shipping_weight": mass]) { _, new in new }
        variantColumns = Self.variantColumns.merging(["weight": mass]) { _, new in new }
        let numbers = FileNumbers(source, in: WooCell.numbers + [mass])
        let file = try WooFile(table, numbers)
        (self.file, self.numbers, strays) = (file, numbers, file.strays)
        groups = RowGroups(table) { row, first in
            let cell = WooCell(row, numbers)
            return cell.isVariation && file.number(cell.parent) == Self.product(of: WooCell(first, numbers), file)
        }
    }

    private static let columns = [
        "own_id": "SKU", "name": "Name", "description": "Description", "list_description": "Short description",
        "price": "Regular price", "sale_price": "Sale price", "sale_from": "Date sale price starts",
        "sale_to": "Date sale price ends", "gtin": WooCell.gtin, "stock": "Stock", "categories": "Categories",
        "main_category": "Categories", "product_labels": "Tags", "images": "Images", "related": "Grouped products",
        "similar": "Upsells", "min_stock_value": "Low stock amount", "weight": "Position", "stock_settings": "Parent",
        "profile": "Attribute 1 name", "attributes": "Attribute 1 value(s)", "brand": "Brands", "parent": "Parent",
    ]
    private static let variantColumns = [
        "own_id": "SKU", "gtin": WooCell.gtin, "price": "Regular price", "sale_price": "Sale price", "stock": "Stock",
        "options": "Attribute 1 value(s)",
    ]

    /// Texts that a spreadsheet would take for formulas have an apostrophe before them there too.
    private static func table(_ source: ImportSource) throws -> CSVTable {
        try CSVTable(source, required: ["Type", "SKU", "Name", "Regular price"]) {
            FormulaGuard.removed(from: $0, isOurs: false)
        }
    }

    private static func product(of cell: WooCell, _ file: WooFile) -> String {
        cell.isVariation ? file.number(cell.parent) : cell.ownID
    }

    mutating func next() throws -> Result<ImportRecord, ImportFault>? {
        while let item = try groups.next() {
            let rows: [CSVRow]
            switch item {
            case .failure(let fault): return .failure(fault)
            case .success(let some): rows = some
            }
            let first = WooCell(rows[0], numbers)
            let product = Self.product(of: first, file)
            // It comes with its product.
            if first.isVariation, file.strays[product] != nil { continue }
            let others = rows.dropFirst() + (strays.removeValue(forKey: product) ?? [])
            let cells = others.sorted { $0.place.record < $1.place.record }.map { WooCell($0, numbers) }
            return WooProduct([first] + cells, file, product).record
        }
        return nil
    }
}

/// One row with its cells understood.
struct WooCell {
    static let gtin = "GTIN, UPC, EAN, or ISBN"
    private static let list = CellList(separator: ",")

    /// The columns that have numbers, beside the mass.
    static let numbers = ["Regular price", "Sale price", "Stock", "Low stock amount"]

    let row: CSVRow
    private let numbers: FileNumbers

    init(_ row: CSVRow, _ numbers: FileNumbers) {
        self.row = row
        self.numbers = numbers
    }

    /// The type, beside `virtual` and `downloadable`.
    private var types: [String] { Self.list.values(row["Type"].lowercased()) }
    var isVariation: Bool { types.contains("variation") }
    /// Products that are shown together; there is nothing to buy but them.
    var isGrouped: Bool { types.contains("grouped") }
    var isVariable: Bool { types.contains("variable") }
    /// Whether it can be bought; a variation that is not published cannot.
    var isSold: Bool { row["Published"] != "0" }

    /// What rows call it that do not know its SKU.
    var id: String { row["ID"].isEmpty ? "" : "id:" + row["ID"] }
    var ownID: String { row["SKU"].isEmpty ? id : row["SKU"] }

    var parent: String { row["Parent"] }

    /// A number as the wire has it.
    func number(_ column: String) -> String { numbers.number(row[column]) }

    var price: FilePrice { FilePrice(number("Regular price"), sale: number("Sale price")) }
    var isOnSale: Bool { !price.sale.isEmpty }
    /// When the sale begins, and its last day; empty for at once, and for no end.
    var times: [String] { [row["Date sale price starts"], row["Date sale price ends"]] }

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
            if let cell = row.cell("Weight (\(unit))") {
                return Grams.kilograms(numbers.number(cell), unit: unit)
            }
        }
        return ""
    }

    /// A count; the export writes `parent` where the parent's holds, and decimals for what is counted in whole pieces.
    var stock: String { row["Stock"] == "parent" ? "" : number("Stock") }
}
