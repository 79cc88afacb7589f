import Basics

/// Where a sealed value stands. It is sealed together with the value, which opens nowhere else.
package struct SealedPlace: Sendable, Equatable, CustomStringConvertible {
    package let table: String
    package let id: String
    package let column: String

    /// - Parameter id: what the table knows the row by, such as its primary key; never changed while the value stands there.
    package init(_ table: String, _ id: String, _ column: String) {
        (self.table, self.id, self.column) = (table, id, column)
    }

    package init(_ table: String, _ id: Int64, _ column: String) {
        self.init(table, String(id), column)
    }

    package var description: String { "\(table).\(column) of row \(id)" }

    /// What a value is bound to: the place and the key, each behind its length, so that no two places read alike.
    func bound(to key: String) -> [UInt8] {
        [table, id, column, key].flatMap { part in
            withUnsafeBytes(of: UInt32(clamping: part.utf8.count).bigEndian) { Array($0) } + Array(part.utf8)
        }
    }
}
