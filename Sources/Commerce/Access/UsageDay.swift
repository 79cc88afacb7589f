import Basics
import Resources

/// A day of the counters, which all turn at midnight UTC: `2026-03-01`.
struct UsageDay: BodyValue {
    /// Days since 1970.
    let number: Int64

    static let form = BodyForm.open(["type": "string", "format": "date"])

    init(_ number: Int64) {
        self.number = number
    }

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> UsageDay {
        guard case .string(let text)? = json, !text.isEmpty else { throw .silent }
        if text.utf8.count == 10, let instant = Timestamp.parse(text, zone: .utc), instant.milliseconds >= 0 {
            return UsageDay(instant.day)
        }
        reader.report(pointer, FieldFault("type", "must be a date such as 2026-03-01"))
        throw .refused
    }

    var text: String {
        let date = Timestamp.date(number)
        return "\(date.year)-\(Self.padded(date.month))-\(Self.padded(date.day))"
    }

    private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
