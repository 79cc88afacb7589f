/// Our own flat format: a row for each product, and behind it one for each of its variants. What its columns are called and
/// how their cells are meant, for the reader, the writer and the documentation.
package enum ButikCSV {
    /// How a cell stands for a value.
    enum Cell {
        /// As it is.
        case plain
        /// JSON as `butik-jsonl` has it. Also taken wherever a list or a path is.
        case json
        /// Texts with `|` between them.
        case list
        /// `A > B`: a path in the category tree.
        case path
        /// Paths with `|` between them.
        case paths
        /// `SKU*2` with `|` between them.
        case counts
    }

    package static let type = "type"
    package static let parent = "parent"
    static let product = "product"
    static let variant = "variant"

    /// What stands for the price of a product that has none, and so is not for sale.
    static let unpriced = "none"

    static let bars = CellList(separator: "|")
    static let steps = CellList(separator: ">")

    /// What a product says beside its plain fields, in the order of the columns.
    static let named: [(name: String, cell: Cell)] = [
        ("brand", .plain), ("supplier", .plain), ("manufacturer", .plain),
        ("safety_profile", .plain), ("main_category", .path),
        ("categories", .paths), ("product_labels", .list), ("profile", .plain), ("attributes", .json),
        ("canonical", .plain), ("related", .list), ("similar", .list), ("bundle", .counts), ("images", .json),
        ("suppliers", .json), ("stock", .plain),
    ]

    /// By what a variant differs: two pairs of a name and a value.
    static let options = ["option1_name", "option1_value", "option2_name", "option2_value"]

    /// What a variant's row may say, and the columns it says it in. Its mass is in the column of the product's.
    static let variantColumns: [(member: String, column: String)] = [
        ("own_id", "own_id"), ("sec_own_id", "sec_own_id"), ("gtin", "gtin"), ("mpn", "mpn"), ("price", "price"),
        ("sale_price", "sale_price"), ("purchase_price", "purchase_price"), ("weight", "shipping_weight"),
        ("location", "location"), ("stock", "stock"),
    ]

    /// Every column, in order.
    package static let columns =
        [type, parent] + ExportedFields.plain.map(\.name) + named.map(\.name) + options

    /// A path of plain names as a cell: a name may hold what stands between.
    static func cell(path: [String]) -> String { steps.cell(path) }
}
