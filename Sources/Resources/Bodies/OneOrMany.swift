package import Basics

/// A body that is one thing, or a list of such.
package struct OneOrMany<Element: Body>: BodyValue {
    package let elements: [Element]
    package let isList: Bool

    package static var form: BodyForm { .oneOrMany(Element.form) }

    package static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Self {
        guard case .array = json else {
            return OneOrMany(
                elements: [try Element.read(json, as: field, at: pointer, &reader)], isList: false)
        }
        return OneOrMany(elements: try [Element].read(json, as: field, at: pointer, &reader), isList: true)
    }

    /// The elements, each with where it stands.
    package var placed: [(element: Element, pointer: String)] {
        elements.enumerated().map { ($1, isList ? "/\($0)" : "") }
    }
}
