/// What a token may do; each level includes the ones before it.
package enum AccessLevel: String, Sendable, CaseIterable, Comparable {
    case read, write, all

    package static func < (left: AccessLevel, right: AccessLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .all: 2
        }
    }
}
