import Basics
import Resources

/// A month of the calendar: `2026-03`.
struct Month: BodyValue {
    let text: String
    private let year: Int64
    private let month: Int64

    static let form = BodyForm.open(["type": "string", "pattern": "^\\d{4}-\\d{2}$"])

    /// Nil for what is none.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2,
            let year = WholeNumber(strict: String(Substring(parts[0]))),
            let month = WholeNumber(strict: String(Substring(parts[1]))), (1...12).contains(month.int64)
        else { return nil }
        (self.text, self.year, self.month) = (text, year.int64, month.int64)
    }

    init(of now: Instant, in zone: Zone) {
        let day = Timestamp.day(now, zone: zone)
        let date = Timestamp.date((now.seconds + zone.offset(at: now.seconds)) / 86_400)
        (text, year, month) = (String(day.prefix(7)), date.year, date.month)
    }

    static func read(
        _ json: JSON?, as field: FieldInfo, at pointer: String, _ reader: inout BodyReader
    ) throws(NotRead) -> Month {
        let json = try reader.given(json, as: field, at: pointer)
        if case .string(let text) = json, let month = Month(text) { return month }
        reader.report(pointer, FieldFault("type", "must be a month such as 2026-03"))
        throw .refused
    }

    /// Its first moment, and that of the next month.
    func bounds(in zone: Zone) -> (start: Instant, end: Instant) {
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        return (Self.start(year, month, zone), Self.start(next.0, next.1, zone))
    }

    private static func start(_ year: Int64, _ month: Int64, _ zone: Zone) -> Instant {
        Instant(seconds: zone.utc(fromLocal: Timestamp.days(year, month, 1) * 86_400))
    }
}
