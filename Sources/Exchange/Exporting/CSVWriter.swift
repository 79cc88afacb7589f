import Basics
import Persistence
import Resources

/// Writes rows of comma separated values (RFC 4180); a field is quoted where it must be, and no text is a formula.
struct CSVWriter: ~Copyable {
    private var writer: JSONWriter
    private var isFirst = true

    init(capacity: Int) {
        writer = JSONWriter(capacity: capacity)
    }

    var bytes: [UInt8] { writer.bytes }

    mutating func endRow() {
        writer.byte(10)
        isFirst = true
    }

    mutating func field(_ text: String) {
        separate()
        let needsQuotes = text.utf8.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 || $0 == UInt8(ascii: ";")
        }
        let isGuarded = FormulaGuard.isNeeded(text)
        guard needsQuotes else {
            if isGuarded { writer.byte(UInt8(ascii: "'")) }
            return writer.raw(text)
        }
        writer.byte(UInt8(ascii: "\""))
        if isGuarded { writer.byte(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { writer.byte(byte) }
            writer.byte(byte)
        }
        writer.byte(UInt8(ascii: "\""))
    }

    /// A cell as the wire shows it.
    mutating func cell(_ value: SQLValue, _ item: Plan.Item, _ tenant: Tenant) {
        let kind = item.kind
        switch value {
        case .null: separate()
        // Where nothing at all is another thing than an empty list, the list is written.
        case .text(let text): field(kind == .json && text == "[]" && !item.isNullable ? "" : text)
        case .integer(let number):
            separate()
            switch kind {
            case .amount: writer.decimal(number, places: tenant.currency.digits)
            case .decimal(let places): writer.decimal(number, places: places)
            case .instant: writer.timestamp(number, zone: tenant.zone)
            default: writer.integer(number)
            }
        }
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { writer.byte(UInt8(ascii: ",")) }
    }
}
