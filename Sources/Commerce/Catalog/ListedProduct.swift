import Basics
import Resources

/// A product in a list of ids; also as an object that has it, as lists of products are shown.
struct ListedProduct: BodyValue {
    let id: Int64

    static let form = BodyForm.open(["type": "integer"])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> ListedProduct {
        if case .object(let object) = json, let id = object["product_id"], id != .null {
            return try read(id, as: field, at: pointer + "/product_id", &reader)
        }
        let number = FieldInfo(name: "product_id", kind: .integer, isNullable: true)
        if let json, case .integer(let id)? = try? number.column(of: json, tenant: reader.tenant) {
            return ListedProduct(id: id)
        }
        reader.report(pointer, FieldFault("type", "must be a product's id"))
        throw .refused
    }
}
