import Basics

/// A time as a clock and a calendar in some zone show it.
struct WallTime {
    let utc: Int64
    let (year, month, day): (Int64, Int64, Int64)
    let (hour, minute, second): (Int64, Int64, Int64)
    let dayOfYear: Int64
    /// From Sunday, which is 0.
    let weekday: Int64

    /// - Parameter utc: Unix seconds of the years 1 to 9999.
    init(utc: Int64, zone: Zone) {
        self.utc = utc
        let local = utc + zone.offset(at: utc)
        let days = (local >= 0 ? local : local - 86_399) / 86_400
        let rest = local - days * 86_400
        (year, month, day) = Timestamp.date(days)
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        dayOfYear = days - Timestamp.days(year, 1, 1) + 1
        // 1970-01-01 was a Thursday.
        weekday = ((days + 4) % 7 + 7) % 7
    }
}
