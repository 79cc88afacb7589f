import Basics

/// Timelines as they are kept.
enum TimelineText {
    /// What one holds at a moment, read where the bytes lie.
    static func value(in text: UnsafeRawBufferPointer, at now: Instant) -> Int64? {
        var held: Int64?
        var number: Int64?
        for byte in text {
            switch byte {
            case UInt8(ascii: ":"):
                if (number ?? 0) > now.milliseconds { return held }
                number = nil
            case UInt8(ascii: " "):
                held = number
                number = nil
            default:
                // Of our own making, and never longer than an integer.
                number = (number ?? 0) &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
            }
        }
        return number
    }
}
