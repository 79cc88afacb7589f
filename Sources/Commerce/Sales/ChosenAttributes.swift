import Basics
import Resources

/// What a line says of attributes. Its form is open, because the line keeps whatever the shop's own form asked for.
struct ChosenAttributes: BodyValue {
    let json: JSON

    static let form = BodyForm.open(["type": ["array", "object"]])

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> ChosenAttributes {
        ChosenAttributes(json: try JSON.read(json, as: field, at: pointer, &reader))
    }
}
