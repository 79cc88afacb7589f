import Basics
import Resources

/// Positions in lists, with gaps between them for what is put there later.
package enum Weight {
    private static let gap: Int64 = 10

    /// The position behind the last one. A list that has come to the end of its range puts all that follows there, in the
    /// order of their ids.
    /// - Parameter last: as it is stored, which an older version may have let out of the range.
    package static func next(
        after last: Int64, in range: ClosedRange<Int64> = -WholeNumber.max...WholeNumber.max
    ) -> Int64 {
        guard let last = WholeNumber(last), let next = last.adding(gap), range.contains(next.int64) else {
            return last < range.lowerBound ? range.lowerBound : range.upperBound
        }
        return next.int64
    }
}
