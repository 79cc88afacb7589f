import Resources

/// The members by which a body names a product, and one of its variants.
struct ProductMembers: Body {
    let id: Int64?
    let ownID: String?
    let variant: VariantMembers

    static let schema = BodySchema(
        ProductMembers.init,
        Field("product_id", \.id, .range(1...Int64.max)),
        Field("own_id", \.ownID, .key, .length(0...255), .about("Of a product or of a variant.")),
        Field(\.variant))
}
