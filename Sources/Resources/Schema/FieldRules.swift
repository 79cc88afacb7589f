import Basics
package import Persistence

/// The rules that hold for a value however it came.
extension FieldInfo {
    /// - Parameter tenant: whose currency it is told in.
    package func check(_ column: SQLValue, for tenant: Tenant) throws(FieldFault) {
        if let fault = fault(of: column, currency: tenant.currency.digits) { throw fault }
    }

    /// Whether a value keeps the rules.
    package func allows(_ column: SQLValue) -> Bool { fault(of: column, currency: 0) == nil }

    /// - Parameter currency: how many decimals money is shown with.
    private func fault(of column: SQLValue, currency places: Int) -> FieldFault? {
        switch column {
        case .null: return nil
        case .text(let text):
            if let choices, !choices.contains(text) {
                return FieldFault("choice", "must be one of: " + choices.joined(separator: ", "))
            }
            return (isOwn ? unseenFault(of: text) : nil) ?? lengthFault(of: text)
        case .integer(let value):
            let allowed = integers
            if allowed.contains(value) { return nil }
            let (least, most) = (shown(allowed.lowerBound, places), shown(allowed.upperBound, places))
            return FieldFault("range", "must be from \(least) to \(most)")
        }
    }

    /// A key is typed, printed and compared by people, so nothing is in it that they do not see.
    private func unseenFault(of text: String) -> FieldFault? {
        guard let unseen = text.unicodeScalars.first(where: \.isUnseen) else { return nil }
        let code = String(unseen.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        return FieldFault(
            "unseen", "must not have line breaks, control characters or marks of direction; it has \(name)")
    }

    private func lengthFault(of text: String) -> FieldFault? {
        let bytes = text.utf8.count
        let allowed = characters
        if bytes > bytesMax ?? .max {
            return FieldFault("too_long", "takes \(bytes) bytes in UTF-8; at most \(bytesMax ?? .max)")
        }
        // No text has more characters than bytes, and most have room for both.
        if bytes <= allowed.upperBound, allowed.lowerBound <= (bytes > 0 ? 1 : 0) { return nil }
        let count = text.unicodeScalars.count
        if count > allowed.upperBound {
            return FieldFault("too_long", "has \(count) characters; at most \(allowed.upperBound)")
        }
        if count < allowed.lowerBound {
            return FieldFault("too_short", "needs at least \(allowed.lowerBound) characters")
        }
        return nil
    }

    /// How many characters a text may have.
    package var characters: ClosedRange<Int> { length ?? 0...(kind == .json ? 262_144 : 16_384) }

    /// What an integer may be. 10^12 minor units is more than any price; ids and counts stay where a double is still exact.
    package var integers: ClosedRange<Int64> {
        if let range { return range }
        return switch kind {
        case .amount: 0...1_000_000_000_000
        case .flag, .flagAsText: 0...1
        default: -WholeNumber.max...WholeNumber.max
        }
    }

    /// A value in the wire's unit.
    func shown(_ value: Int64, _ currency: Int) -> String {
        var writer = JSONWriter(capacity: 64)
        switch kind {
        case .amount: writer.decimal(value, places: currency)
        case .decimal(let places): writer.decimal(value, places: places)
        default: writer.integer(value)
        }
        return writer.text
    }
}

extension Unicode.Scalar {
    /// A control character, a line break, or a mark that only turns the direction of what is around it.
    fileprivate var isUnseen: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }
}
