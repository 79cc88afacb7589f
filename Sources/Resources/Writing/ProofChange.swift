import Basics

/// What rows that come, change and go do to the proof of their resource: the number of live rows, and the sum modulo 2^64 of
/// FNV-1a (64 bits) of `id:version` over them (CONTRACT 8, "Feed").
package struct ProofChange: Sendable, Equatable {
    package private(set) var count: Int64 = 0
    package private(set) var sum: UInt64 = 0

    package init() {}

    /// - Parameters:
    ///   - high: of the sum, its upper 32 bits.
    ///   - low: the others.
    package init(count: Int64, high: Int64, low: Int64) {
        self.count = count
        sum = UInt64(truncatingIfNeeded: high) << 32 | UInt64(truncatingIfNeeded: low) & 0xFFFF_FFFF
    }

    /// A live row has this version now.
    package mutating func enter(_ id: Int64, _ version: Int64) {
        count &+= 1
        sum &+= Self.hash(id, version)
    }

    /// It has this version no longer.
    package mutating func leave(_ id: Int64, _ version: Int64) {
        count &-= 1
        sum &-= Self.hash(id, version)
    }

    package static func + (one: ProofChange, other: ProofChange) -> ProofChange {
        var both = one
        both.count &+= other.count
        both.sum &+= other.sum
        return both
    }

    package static func - (one: ProofChange, other: ProofChange) -> ProofChange {
        var rest = one
        rest.count &-= other.count
        rest.sum &-= other.sum
        return rest
    }

    var isNothing: Bool { self == ProofChange() }

    /// The upper 32 bits of the sum.
    var high: Int64 { Int64(sum >> 32) }

    /// The lower 32 bits.
    var low: Int64 { Int64(sum & 0xFFFF_FFFF) }

    private static func hash(_ id: Int64, _ version: Int64) -> UInt64 { FNV.hash("\(id):\(version)") }
}
