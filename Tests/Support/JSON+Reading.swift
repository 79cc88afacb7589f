package import Basics
import Resources

/// Reading answers in tests: what is not there reads as null, 0, "" or nothing, and the expectation fails.
extension JSON {
    package subscript(name: String) -> JSON {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    package subscript(index: Int) -> JSON {
        elements.indices.contains(index) ? elements[index] : .null
    }

    package var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The names of an object's members, in order.
    package var names: [String] {
        if case .object(let object) = self { object.members.map(\.name) } else { [] }
    }

    package var integer: Int64 {
        if case .number(let number) = self { number.integer?.int64 ?? .min } else { .min }
    }

    package var text: String {
        if case .string(let text) = self { text } else { "" }
    }

    package var isNull: Bool { self == .null }

    /// A number that need not be whole, as it was written.
    package var digits: String {
        if case .number(let number) = self { number.text } else { "" }
    }

    package static func number(_ integer: Int64) -> JSON { .number(JSONNumber(integer)) }
}
