import Basics
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

/// The same where a body must name one.
struct NamedProduct: Body {
    let members: ProductMembers

    static let schema = BodySchema(NamedProduct.init, Field(\.members))

    var faults: [Problem.FieldError] {
        members.id == nil && members.ownID == nil ? [.init("/product_id", "required", "is required, or own_id")] : []
    }
}

/// A product in a list of ids; also as an object that has it, as lists of products are shown.
struct ListedProduct: BodyValue {
    let id: Int64

    static let form = BodyForm.open(["type": "integer"])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) -> Given<ListedProduct> {
        if case .object(let object) = json, let id = object["product_id"], id != .null {
            return read(id, as: field, at: pointer + "/product_id", &reader)
        }
        let number = FieldInfo(name: "product_id", kind: .integer, isNullable: true)
        if let json, case .integer(let id)? = try? number.column(of: json, tenant: reader.tenant) {
            return .value(ListedProduct(id: id))
        }
        reader.report(pointer, FieldFault("type", "must be a product's id"))
        return .refused
    }
}
