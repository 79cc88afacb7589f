import Resources

/// The members by which a body names a variant of a product: its id, its values or its name.
struct VariantMembers: Body {
    let id: Int64?
    let name: String?
    let valueID: Int64?
    let valueID2: Int64?

    static let schema = BodySchema(
        VariantMembers.init,
        Field("variant_id", \.id, .range(1...Int64.max), .about("Of which variant; or name its values.")),
        Field("variant_name", \.name, .key, .length(0...600), .about("What the variant is called.")),
        Field("attribute_value_id", \.valueID, .range(0...Int64.max), .about("A value that the variant has.")),
        Field("attribute_value_id_2", \.valueID2, .range(0...Int64.max), .about("Its other value.")))

    var choice: VariantChoice { VariantChoice(self) }
}
