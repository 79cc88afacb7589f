import Basics
import Resources

/// What a line says of the members of a bundle, by product. Open like each of them.
struct PartAttributes: BodyValue {
    let byProduct: [(product: Int64, attributes: JSON)]

    static let form = BodyForm.open(["type": "object", "additionalProperties": ["type": ["array", "object"]]])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) -> Given<PartAttributes> {
        guard case .value(let json) = JSON.read(json, as: field, at: pointer, &reader), case .object(let object) = json
        else { return .nothing }
        let parts = object.members.compactMap { part in
            WholeNumber(strict: part.name).map { (product: $0.int64, attributes: part.value) }
        }
        return .value(PartAttributes(byProduct: parts))
    }
}
