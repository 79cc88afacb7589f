import Synchronization

/// An INSERT of rows that are all of one width. Its text for so many rows is put together once and kept: that takes longer
/// than the row itself.
package final class Insertion: Sendable {
    private let head: String
    private let width: Int
    private let tail: String
    private let texts = Mutex<[Int: String]>([:])

    /// More rows than this go into several statements.
    private static let most = 256
    /// Up to so many rows have a text of their own.
    private static let few = 16

    /// - Parameters:
    ///   - head: up to and with `VALUES`.
    ///   - width: how many values a row has.
    ///   - tail: what follows the rows.
    package init(_ head: String, width: Int, _ tail: String = "") {
        self.head = head
        self.width = width
        self.tail = tail
    }

    /// The same, answering columns of the rows.
    package func returning(_ columns: String) -> Insertion {
        ending("RETURNING \(columns)")
    }

    /// The same with something else behind the rows.
    package func ending(_ tail: String) -> Insertion {
        Insertion(head, width: width, tail)
    }

    /// Statements that insert many rows each. All but the last are powers of two in size, so that a few texts serve for any
    /// number of rows.
    package func statements(_ rows: [[SQLValue]]) -> [SQL] {
        var statements: [SQL] = []
        var rest = rows[...]
        while !rest.isEmpty {
            let power = 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount)
            let size = rest.count <= Self.few ? rest.count : min(Self.most, power)
            var values: [SQLValue] = []
            values.reserveCapacity(size * width)
            for row in rest.prefix(size) { values += row }
            statements.append(SQL(raw: text(size), values: values))
            rest = rest.dropFirst(size)
        }
        return statements
    }

    private func text(_ size: Int) -> String {
        texts.withLock { texts in
            if let known = texts[size] { return known }
            let row = "(" + repeatElement("?", count: width).joined(separator: ", ") + ")"
            let text = "\(head) \(repeatElement(row, count: size).joined(separator: ", ")) \(tail)"
            texts[size] = text
            return text
        }
    }
}
