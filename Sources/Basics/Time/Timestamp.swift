/// The wire's `YYYY-MM-DD HH:MM:SS` in the shop's zone, both ways, without a calendar library in the hot path.
package enum Timestamp {
    /// Reads a timestamp: a space or `T` between date and time, fractions, `Z` or an offset, or a date alone.
    /// Without a zone it is the shop's local time.
    /// - Parameter atEndOfDay: whether a date alone is the end of that day and not its beginning.
    package static func parse(_ text: String, zone: Zone, atEndOfDay: Bool = false) -> Instant? {
        var scanner = Scanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), isDate(year, month, day)
        else { return nil }
        var seconds = days(year, month, day) * 86_400
        var milliseconds: Int64 = 0
        if scanner.isAtEnd {
            if atEndOfDay { seconds += 86_400 }
        } else {
            guard scanner.take("T") || scanner.take(" ") || scanner.take("t"),
                let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2),
                hour < 24, minute < 60
            else { return nil }
            seconds += hour * 3600 + minute * 60
            if scanner.take(":") {
                guard let second = scanner.digits(2), second < 60 else { return nil }
                seconds += second
                if scanner.take(".") {
                    guard let fraction = scanner.fraction() else { return nil }
                    milliseconds = fraction
                }
            }
        }
        guard let offset = scanner.offset() else { return nil }
        let utc = offset.map { seconds - $0 } ?? zone.utc(fromLocal: seconds)
        return Instant(milliseconds: utc * 1000 + milliseconds)
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    package static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Year, month and day of a count of days since 1970-01-01.
    package static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    /// `2026-03-01`: the day that it is then in a zone.
    package static func day(_ instant: Instant, zone: Zone) -> String {
        var writer = JSONWriter(capacity: 32)
        writer.timestamp(instant.milliseconds, zone: zone)
        return String(decoding: writer.bytes.dropFirst().prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    /// `2026-03-01T13:05:00.250Z`, exact and the same in every zone (RFC 3339).
    package static func utc(_ instant: Instant) -> String {
        var writer = JSONWriter(capacity: 32)
        writer.timestamp(instant.milliseconds, zone: .utc)
        let wall = String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
        let milliseconds = String(1000 + (instant.milliseconds % 1000 + 1000) % 1000).dropFirst()
        return wall.replacing(" ", with: "T") + ".\(milliseconds)Z"
    }

    private static func isDate(_ year: Int64, _ month: Int64, _ day: Int64) -> Bool {
        guard (1...12).contains(month), (1...31).contains(day) else { return false }
        return date(days(year, month, day)) == (year, month, day)
    }

    private struct Scanner {
        private var rest: Substring.UTF8View

        init(_ text: String) {
            rest = Substring(text).utf8
        }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func digits(_ count: Int) -> Int64? {
            let part = rest.prefix(count)
            guard part.count == count, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(count)
            return part.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        mutating func fraction() -> Int64? {
            let part = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(part.count) else { return nil }
            rest = rest.dropFirst(part.count)
            let padded = (Array(part) + [0x30, 0x30]).prefix(3)
            return padded.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// Seconds east of UTC; `.some(nil)` where none is said; nil where what follows is not one.
        mutating func offset() -> Int64?? {
            if isAtEnd { return .some(nil) }
            if take("Z") || take("z") { return isAtEnd ? .some(0) : nil }
            let isWest = take("-")
            // An unescaped + in a query string arrives as a space.
            guard isWest || take("+") || take(" ") else { return nil }
            guard let hours = digits(2), hours < 24 else { return nil }
            _ = take(":")
            guard let minutes = digits(2), minutes < 60, isAtEnd else { return nil }
            let seconds = hours * 3600 + minutes * 60
            return .some(isWest ? -seconds : seconds)
        }
    }
}

extension JSONWriter {
    /// `"2026-03-01 14:05:00"` in the zone.
    package mutating func timestamp(_ milliseconds: Int64, zone: Zone) {
        let utc = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds &- 999) / 1000
        let local = utc + zone.offset(at: utc)
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let second = UInt64(local - days * 86_400)
        let date = Timestamp.date(days)
        byte(UInt8(ascii: "\""))
        digits(date.year.magnitude, atLeast: 4)
        byte(UInt8(ascii: "-"))
        digits(date.month.magnitude, atLeast: 2)
        byte(UInt8(ascii: "-"))
        digits(date.day.magnitude, atLeast: 2)
        byte(UInt8(ascii: " "))
        digits(second / 3600, atLeast: 2)
        byte(UInt8(ascii: ":"))
        digits(second / 60 % 60, atLeast: 2)
        byte(UInt8(ascii: ":"))
        digits(second % 60, atLeast: 2)
        byte(UInt8(ascii: "\""))
    }
}
