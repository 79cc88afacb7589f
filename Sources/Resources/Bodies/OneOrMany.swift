package import Basics

/// A body that is one thing, or a list of such.
package struct OneOrMany<Element: Body>: BodyValue {
    package let elements: [Element]
    package let isList: Bool

    package static var form: BodyForm { .oneOrMany(Element.form) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) -> Given<Self> {
        guard case .array = json else {
            guard case .value(let one) = Element.read(json, as: field, at: pointer, &reader) else { return .refused }
            return .value(OneOrMany(elements: [one], isList: false))
        }
        guard case .value(let all) = [Element].read(json, as: field, at: pointer, &reader) else { return .refused }
        return .value(OneOrMany(elements: all, isList: true))
    }

    /// The elements, each with where it stands.
    package var placed: [(element: Element, pointer: String)] {
        elements.enumerated().map { ($1, isList ? "/\($0)" : "") }
    }
}
