import Basics
import Persistence

/// A place between two rows of an order. Opaque to clients; it survives writes because it names values, not a count.
package struct Cursor: Sendable, Equatable {
    let signature: String
    let values: [SQLValue]

    /// The end of the year 9999, in milliseconds.
    private static let horizonMax: Int64 = 253_402_300_799_999

    init(signature: String, values: [SQLValue]) {
        self.signature = signature
        self.values = values
    }

    /// A cursor, and behind a point the horizon of the walk it belongs to, which only a walk of changes has.
    static func parts(of text: String) -> (place: String, horizon: Instant?) {
        guard let point = text.lastIndex(of: "."),
            let time = WholeNumber(strict: String(text[text.index(after: point)...]))?.int64,
            (0...Self.horizonMax).contains(time)
        else { return (text, nil) }
        return (String(text[..<point]), Instant(milliseconds: time))
    }

    /// Reads a cursor; nil for anything that is not one of this order.
    init?(_ text: String, for order: SortOrder) {
        guard let bytes = Base64URL.decode(text), let json = try? JSONParser.parse(bytes),
            case .array(let elements) = json, elements.first == .string(order.signature),
            elements.count == order.terms.count + 1
        else { return nil }
        var values: [SQLValue] = []
        for element in elements.dropFirst() {
            switch element {
            case .string(let text): values.append(.text(text))
            case .number(let number):
                // Of our own making, and only compared: what has no value stands at the very end.
                guard let integer = Int64(number.text) else { return nil }
                values.append(.integer(integer))
            default: return nil
            }
        }
        guard zip(order.terms, values).allSatisfy({ $0.fits($1) }) else { return nil }
        signature = order.signature
        self.values = values
    }

    var text: String {
        let elements = values.map { value -> JSON in
            switch value {
            case .integer(let integer): .number(JSONNumber(integer))
            case .text(let text): .string(text)
            case .null: .null
            }
        }
        return Base64URL.encode(JSON.array([.string(signature)] + elements).bytes)
    }

    /// Rows behind this place: greater in the first term, or equal there and greater in the next, and so on.
    func condition(_ order: SortOrder) -> SQL {
        var alternatives: [SQL] = []
        for (index, term) in order.terms.enumerated() {
            let equal = zip(order.terms, values).prefix(index).map { "\(raw: $0.expression) = \($1)" as SQL }
            let beyond: SQL = "\(raw: term.expression) \(raw: term.isDescending ? "<" : ">") \(values[index])"
            alternatives.append("(\(SQL.joined(equal + [beyond], by: " AND ")))")
        }
        return alternatives.count == 1 ? alternatives[0] : "(\(SQL.joined(alternatives, by: " OR ")))"
    }
}
