package import Basics
package import Persistence

/// JSON text that is stored and shown as it is.
package struct JSONText: FieldValue, Hashable {
    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: JSONText, right: JSONText) -> Bool { ExactText(left.text) == ExactText(right.text) }

    package func hash(into hasher: inout Hasher) { hasher.combine(ExactText(text)) }

    package static let emptyList = JSONText("[]")
    package static var kind: FieldKind { .json }
    package var sqlValue: SQLValue { .text(text) }

    package init(column: SQLValue) throws {
        text = try String(column: column)
    }

    /// The value as a tree. Only the engine writes here, so what cannot be read was changed behind its back.
    package var json: JSON {
        get throws(UnreadableValue) {
            do throws(JSONParser.Failure) { return try JSONParser.parse(Array(text.utf8)) } catch {
                throw UnreadableValue(expected: "JSON", found: .text(text))
            }
        }
    }

    private var elements: [JSON] {
        get throws(UnreadableValue) {
            if text == "[]" { return [] }
            guard case .array(let elements) = try json else {
                throw UnreadableValue(expected: "a list", found: .text(text))
            }
            return elements
        }
    }

    /// The integers of a list of ids.
    package var integers: [Int64] {
        get throws(UnreadableValue) {
            try elements.compactMap { if case .number(let number) = $0 { number.integer?.int64 } else { nil } }
        }
    }

    /// The texts of a list of texts.
    package var texts: [String] {
        get throws(UnreadableValue) {
            try elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
    }

    package static func list(_ integers: [Int64]) -> JSONText {
        JSONText("[" + integers.map { String($0) }.joined(separator: ",") + "]")
    }
}
