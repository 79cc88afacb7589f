/// What an answer says of a unit of stock beside its count, where it was read with the product.
struct StockLabel {
    let ownID: String?
    let variantName: String?
    /// Whether bundles depend on how many there are.
    let isInBundle: Bool
}
