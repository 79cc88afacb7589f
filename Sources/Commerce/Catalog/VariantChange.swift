/// The variants of a product that came and went, for whoever counts them: see `Followers.swift`.
struct VariantChange {
    let product: Product
    let added: [ProductVariant]
    let removed: [ProductVariant]
    let hadAny: Bool
    let hasAny: Bool
}
