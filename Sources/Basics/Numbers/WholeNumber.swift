/// A whole number that came from outside: a body, a query, a cell of a file, JSON that was stored. Its magnitude is below 2^53,
/// where a double is still exact, so that some thousands of them can be added up. It has no operators: who reckons with it
/// says what becomes of a sum that does not fit. `deploy/arithmetic` refuses reckoning with what was taken out of it.
package struct WholeNumber: Sendable, Hashable, Comparable {
    /// 2^53 − 1.
    package static let max: Int64 = 9_007_199_254_740_991

    package let int64: Int64

    /// Nil for what is too large.
    package init?(_ value: Int64) {
        guard (-Self.max...Self.max).contains(value) else { return nil }
        int64 = value
    }

    /// Digits only, with a minus at most: `+5`, ` 5` and `5x` are not whole numbers.
    package init?(strict text: String) {
        guard text.utf8.count <= 20, text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }),
            let value = Decimals.scaled(text.utf8, places: 0)
        else { return nil }
        self = value
    }

    /// A count of bytes as HTTP writes it: digits only. What is too large is as good as the largest.
    package init?(count text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        int64 = WholeNumber(strict: text)?.int64 ?? Self.max
    }

    /// The magnitude, which fits as well.
    package var magnitude: Int64 { Int64(int64.magnitude) }

    /// The sum; nil where it does not fit.
    package func adding(_ other: Int64) -> WholeNumber? {
        let (sum, overflowed) = int64.addingReportingOverflow(other)
        return overflowed ? nil : WholeNumber(sum)
    }

    package static func < (left: WholeNumber, right: WholeNumber) -> Bool { left.int64 < right.int64 }
}
