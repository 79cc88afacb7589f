package import Persistence

/// What is counted by itself: a product, or one variant of it. Products and variants share a sequence, so the id of either
/// names one thing.
package struct StockUnit: Hashable, Sendable {
    package let productID: Int64
    package let variantID: Int64?

    package init(_ productID: Int64, variant variantID: Int64? = nil) {
        self.productID = productID
        self.variantID = variantID
    }

    /// What a row names by `product_id` and `variant_id`.
    package init(_ row: Row) throws {
        self.init(try row["product_id"], variant: try row["variant_id"])
    }

    package var stockID: Int64 { variantID ?? productID }
}
