import Resources

/// The same where a body must name one.
struct NamedProduct: Body {
    let members: ProductMembers

    static let schema = BodySchema(NamedProduct.init, Field(\.members))

    var faults: [Problem.FieldError] {
        members.id == nil && members.ownID == nil ? [.init("/product_id", "required", "is required, or own_id")] : []
    }
}
