package import Basics

/// JSON that is read by hand, because its form is open. Its numbers are such that every client can read them back.
extension JSON: BodyValue {
    package static var form: BodyForm { .open([:]) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> JSON {
        let json = try reader.given(json, as: field, at: pointer)
        let large = json.numbersTooLarge(at: pointer)
        for place in large { reader.report(place, FieldFault("range", "is larger than any number that is kept")) }
        guard large.isEmpty else { throw .refused }
        return json
    }

    /// Where there are numbers beyond what a double holds (RFC 8259, 6): most clients would read something else.
    private func numbersTooLarge(at pointer: String) -> [String] {
        switch self {
        case .number(let number): Double(number.text)?.isFinite == true ? [] : [pointer]
        case .array(let elements): elements.enumerated().flatMap { $1.numbersTooLarge(at: "\(pointer)/\($0)") }
        case .object(let object): object.members.flatMap { $0.value.numbersTooLarge(at: "\(pointer)/\($0.name)") }
        default: []
        }
    }
}
