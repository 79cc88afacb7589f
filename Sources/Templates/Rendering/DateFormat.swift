import Basics

/// Smarty's `date_format:'%d-%m-%Y'`: a time in the letters of C's `strftime`, with English names.
enum DateFormat {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    /// Years 1 to 9999.
    private static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// - Parameters:
    ///   - value: Unix seconds, or a date as the API writes it.
    ///   - arguments: the format, and the time that is shown where there is none.
    /// - Returns: nothing for what is no time.
    static func format(_ value: JSON, _ arguments: [JSON], zone: Zone) -> String {
        let isMissing = value == .null || value == ""
        guard let time = seconds(isMissing ? arguments.dropFirst().first ?? .null : value, zone: zone),
            seconds.contains(time)
        else { return "" }
        return Self.text(of: arguments.first?.shown ?? "%b %e, %Y", WallTime(utc: time, zone: zone))
    }

    private static func seconds(_ value: JSON, zone: Zone) -> Int64? {
        guard let words = value.words else { return nil }
        return WholeNumber(strict: words)?.int64 ?? Timestamp.parse(words, zone: zone)?.seconds
    }

    private static func text(of format: String, _ time: WallTime) -> String {
        var text: [UInt8] = []
        var rest = format.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let letter = rest.first, let part = part(letter, time) else {
                text.append(byte)
                continue
            }
            rest = rest.dropFirst()
            text += part.utf8
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What a letter stands for; nil for one that stands for nothing here.
    private static func part(_ letter: UInt8, _ time: WallTime) -> String? {
        switch letter {
        case UInt8(ascii: "D"): text(of: "%m/%d/%y", time)
        case UInt8(ascii: "F"): text(of: "%Y-%m-%d", time)
        case UInt8(ascii: "R"): text(of: "%H:%M", time)
        case UInt8(ascii: "T"): text(of: "%H:%M:%S", time)
        case UInt8(ascii: "%"): "%"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "t"): "\t"
        default: datePart(letter, time) ?? timePart(letter, time)
        }
    }

    private static func datePart(_ letter: UInt8, _ time: WallTime) -> String? {
        switch letter {
        case UInt8(ascii: "Y"): String(time.year)
        case UInt8(ascii: "y"): padded(time.year % 100)
        case UInt8(ascii: "m"): padded(time.month)
        case UInt8(ascii: "d"): padded(time.day)
        case UInt8(ascii: "e"): padded(time.day, with: " ")
        case UInt8(ascii: "j"): padded(time.dayOfYear, to: 3)
        case UInt8(ascii: "B"): name(time.month - 1, of: months)
        case UInt8(ascii: "b"), UInt8(ascii: "h"): String(name(time.month - 1, of: months).prefix(3))
        case UInt8(ascii: "A"): name(time.weekday, of: weekdays)
        case UInt8(ascii: "a"): String(name(time.weekday, of: weekdays).prefix(3))
        case UInt8(ascii: "w"): String(time.weekday)
        case UInt8(ascii: "u"): String(time.weekday == 0 ? 7 : time.weekday)
        default: nil
        }
    }

    private static func timePart(_ letter: UInt8, _ time: WallTime) -> String? {
        let hour12 = (time.hour + 11) % 12 + 1
        return switch letter {
        case UInt8(ascii: "H"): padded(time.hour)
        case UInt8(ascii: "k"): padded(time.hour, with: " ")
        case UInt8(ascii: "I"): padded(hour12)
        case UInt8(ascii: "l"): padded(hour12, with: " ")
        case UInt8(ascii: "M"): padded(time.minute)
        case UInt8(ascii: "S"): padded(time.second)
        case UInt8(ascii: "p"): time.hour < 12 ? "AM" : "PM"
        case UInt8(ascii: "P"): time.hour < 12 ? "am" : "pm"
        case UInt8(ascii: "s"): String(time.utc)
        default: nil
        }
    }

    private static func padded(_ number: Int64, to width: Int = 2, with filler: String = "0") -> String {
        let digits = String(number)
        return String(repeating: filler, count: max(0, width - digits.count)) + digits
    }

    private static func name(_ index: Int64, of names: [String]) -> String {
        names.indices.contains(Int(index)) ? names[Int(index)] : ""
    }
}
