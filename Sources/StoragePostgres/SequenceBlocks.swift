import Persistence
import Synchronization

/// Numbers taken from the database's sequences by the block, so that a new id rarely costs a round trip.
///
/// A number stays taken when its transaction is rolled back, but a server that crashes may forget a block nobody has
/// committed from. Every session opened after the crash drops what is left here, so no number is given out twice.
final class SequenceBlocks: Sendable {
    static let size = 32

    private struct State {
        var blocks: [String: ArraySlice<Int64>] = [:]
        /// Where the newest block of each sequence began.
        var newest: [String: Int64] = [:]
        /// Raised when blocks are dropped, so that one on its way from before is not stored after.
        var generation = 0
    }

    private let state = Mutex(State())

    var generation: Int { state.withLock { $0.generation } }

    func take(_ sequence: String) -> Int64? {
        state.withLock { $0.blocks[sequence]?.popFirst() }
    }

    func store(_ numbers: ArraySlice<Int64>, of sequence: String, generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            // Two transactions may have found the block empty at once. The later block stands and the earlier is lost:
            // whoever has seen an id must get a greater one next, because "newest first" goes by id.
            guard let first = numbers.first, first > state.newest[sequence, default: .min] else { return }
            state.newest[sequence] = first
            state.blocks[sequence] = numbers
        }
    }

    func drop() {
        state.withLock { state in
            state.generation += 1
            state.blocks.removeAll()
            state.newest.removeAll()
        }
    }

    /// The name is pasted into a statement, so it is held to the letters our sequences have.
    static func isName(_ sequence: String) -> Bool {
        !sequence.isEmpty
            && sequence.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
