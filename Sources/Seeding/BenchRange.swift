import Basics
import Commerce
import Persistence
import Resources

/// What the bench's products are made of: some brands and categories, and a profile where they come in variants.
struct BenchRange: Sendable {
    private let brands: [Int64]
    private let categories: [Int64]
    private let choices: Choices?
    private let plain: Product

    /// What a product with variants is chosen by, and what it is made of.
    private struct Choices: Sendable {
        let profile: Int64
        let size: Attribute
        let colour: Attribute
        let material: Attribute
    }

    private struct Attribute: Sendable {
        let id: Int64
        let values: [Int64]

        func value(_ number: Int) -> Int64 { values[number % values.count] }
    }

    /// Sizes times colours.
    static let variantsMax = sizes.count * colours.count
    private static let sizes = ["XS", "S", "M", "L", "XL"]
    private static let colours = [
        "Black", "White", "Grey", "Navy", "Blue", "Green", "Red", "Yellow", "Brown", "Pink",
    ]
    private static let materials = ["Cotton", "Wool", "Linen", "Silk", "Leather", "Denim", "Fleece", "Nylon"]

    init(hasVariants: Bool, in tx: Transaction) throws {
        brands = try (0..<50).map { number in
            try tx.make(Brand.self) { $0.name = "Brand \(number)" }
        }
        categories = try (0..<100).map { number in
            try tx.make(Category.self) { $0.name = "Category \(number)" }
        }
        choices = hasVariants ? try Self.choices(tx) : nil
        plain = try Product.starting(Identifier(0))
    }

    private static func choices(_ tx: Transaction) throws -> Choices {
        let profile = try tx.make(Profile.self) { $0.name = "Clothing" }
        return Choices(
            profile: profile,
            size: try attribute("Size", sizes, of: profile, isVariant: true, tx),
            colour: try attribute("Colour", colours, of: profile, isVariant: true, tx),
            material: try attribute("Material", materials, of: profile, isVariant: false, tx))
    }

    private static func attribute(
        _ name: String, _ values: [String], of profile: Int64, isVariant: Bool, _ tx: Transaction
    ) throws -> Attribute {
        let attribute = try tx.make(ProfileAttribute.self) {
            ($0.profileID, $0.name, $0.dataType) = (profile, name, .valuelist)
            ($0.isVariant, $0.weight) = (isVariant, 10)
        }
        let ids = try values.enumerated().map { place, value in
            try tx.make(ProfileAttributeValue.self) {
                ($0.attributeID, $0.val, $0.weight) = (attribute, value, Int64(place))
            }
        }
        return Attribute(id: attribute, values: ids)
    }

    /// A product, its variants and what it says of itself.
    func product(_ number: Int, variants: Int, _ tx: Transaction) throws -> Described<Product> {
        let id = try tx.newID(Product.self)
        var product = plain
        product.id = id
        product.ownID = "BENCH-\(id.rawValue)"
        product.name = "Product \(number) of the benchmark"
        product.rewriteURL = "bench-\(id.rawValue)"
        product.listDescription = "A product that is only there to be counted."
        product.description =
            "<p>Made by the seed. Number \(number). It has a text of usual length, so that reading it costs "
            + "what reading a product costs, and nobody should buy it.</p>"
        product.price = Amount(Int64(number % 900) * 100 + 9900)
        product.brandID = brands[number % brands.count]
        product.mainCategoryID = categories[number % categories.count]
        product.categories = .list([categories[number % categories.count]])
        product.isOnline = number % 10 != 0
        product.profileID = choices?.profile ?? 0
        let parts = choices.map { self.parts(of: product, number, variants, by: $0) }
        return try Described(Product.schema.record(product), over: nil, by: parts ?? JSONObject())
    }

    /// What a body would say of the product beside its columns.
    private func parts(of product: Product, _ number: Int, _ variants: Int, by choices: Choices) -> JSONObject {
        let settings = (0..<variants).map { place -> JSON in
            [
                "attribute_id": .number(JSONNumber(choices.size.id)),
                "attribute_value_id": .number(JSONNumber(choices.size.value(place))),
                "attribute_id_2": .number(JSONNumber(choices.colour.id)),
                "attribute_value_id_2": .number(JSONNumber(choices.colour.value(number + place / Self.sizes.count))),
                "own_id": .string("\(product.ownID)-\(place)"),
            ]
        }
        let material: JSON = [
            "attribute_id": .number(JSONNumber(choices.material.id)),
            "value": .number(JSONNumber(choices.material.value(number))),
        ]
        return JSONObject([.init("attributes", .array([material])), .init("stock_settings", .array(settings))])
    }
}
