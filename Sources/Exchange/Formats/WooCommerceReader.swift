import Commerce

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
