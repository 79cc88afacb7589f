import Persistence

/// A level as it stands, with what names it within its product.
package struct StockBalance {
    package let unit: StockUnit
    /// None for a product without variants.
    package let valueIDs: Set<Int64>
    let variantName: String?
    package let count: Int64
    let version: Int64

    init(_ row: Row) throws {
        unit = StockUnit(try row["product_id"], variant: try row["variant_id"])
        valueIDs = Set([try row["value_id"] as Int64, try row["value_id_2"]]).subtracting([0])
        variantName = try row["variant_name"]
        count = try row["count"]
        version = try row["version"]
    }
}
