package import Basics

/// What a member of a body can be: a value of a field, an object with members of its own, a list of either.
package protocol BodyValue: Sendable {
    static var kind: FieldKind { get }
    static var isNullable: Bool { get }
    /// The words it may be, where they are a closed set.
    static var choices: [String]? { get }
    /// What documentation and tests go by.
    static var form: BodyForm { get }

    /// Reads it as loosely as a resource's field is read.
    /// - Parameter json: nil where the body is silent.
    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self
}

extension BodyValue {
    package static var kind: FieldKind { .json }
    package static var isNullable: Bool { false }
    package static var choices: [String]? { nil }
}

extension FieldValue {
    package static var form: BodyForm { .value }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        let column = try reader.column(json, as: field, at: pointer)
        if column == .null { throw .silent }
        do {
            return try Self(column: column)
        } catch {
            // Silent of what has nothing to begin with, such as one of several words.
            reader.report(pointer, FieldFault("required", field.absence))
            throw .refused
        }
    }
}

extension Optional: BodyValue where Wrapped: BodyValue {
    package static var kind: FieldKind { Wrapped.kind }
    package static var isNullable: Bool { true }
    package static var choices: [String]? { Wrapped.choices }
    package static var form: BodyForm { Wrapped.form }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        do throws(NotRead) {
            return try Wrapped.read(json, as: field, at: pointer, &reader)
        } catch .silent {
            return nil
        }
    }
}

extension Array: BodyValue where Element: BodyValue {
    package static var kind: FieldKind { Element.kind }
    package static var choices: [String]? { Element.choices }
    package static var form: BodyForm { .list(Element.form) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        let elements = try reader.elements(json, as: field, at: pointer)
        let element = field.element ?? field
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for (index, one) in elements.enumerated() {
            // One that is wrong does not hide what is wrong with the others.
            if let value = try? Element.read(one, as: element, at: "\(pointer)/\(index)", &reader) {
                values.append(value)
            }
        }
        guard values.count == elements.count else { throw .refused }
        return values
    }
}
