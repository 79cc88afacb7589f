import Basics
import Resources

/// What a line says of the members of a bundle, by product. Open like each of them.
struct PartAttributes: BodyValue {
    let byProduct: [(product: Int64, attributes: JSON)]

    static let form = BodyForm.open(["type": "object", "additionalProperties": ["type": ["array", "object"]]])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> PartAttributes {
        guard case .object(let object) = try JSON.read(json, as: field, at: pointer, &reader) else { throw .silent }
        let parts = object.members.compactMap { part in
            WholeNumber(strict: part.name).map { (product: $0.int64, attributes: part.value) }
        }
        return PartAttributes(byProduct: parts)
    }
}
