/// A row with the set of bits that says which kinds of rows belong to it.
package protocol Parted {
    var parts: Int64 { get set }
}

extension Parted {
    /// Whether it has rows of a kind.
    package func has(_ part: Int64) -> Bool { parts & part != 0 }

    /// Notes whether it has rows of a kind.
    package mutating func note(_ part: Int64, _ isThere: Bool) {
        parts = isThere ? parts | part : parts & ~part
    }
}
