import Basics
import Commerce

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
