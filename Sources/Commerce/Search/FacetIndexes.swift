import Persistence
import Synchronization

/// The facet indexes of the shops that are searched. Each search first takes over what was written since the last, by
/// whichever process, so that an index never shows less than the transaction that reads it.
final class FacetIndexes: Sendable {
    /// Above this many products in all, those of the shops longest not asked for are let go.
    private static let productsMax = 2_000_000
    private static let rowsPerRead = 5000
    /// More changes than this are read as the whole is, page by page.
    private static let changesMax = 50_000

    /// What a search works on.
    struct Reading {
        let index: FacetIndex
        let answers: TextAnswers
    }

    private final class Slot: Sendable {
        struct State {
            var index = FacetIndex()
            var answers = TextAnswers()
            /// How far it has come; nil before the first read.
            var mark: String?
        }

        let state = Mutex(State())
        let count = Atomic<Int>(0)
        let lastUse = Atomic<Int>(0)
    }

    private let slots = Mutex<[Int64: Slot]>([:])
    private let uses = Atomic<Int>(0)

    /// The index of a shop as the transaction sees it, or newer. Called on a thread that may wait.
    func read(_ shop: Int64, _ db: any Connection) throws -> Reading {
        let slot = slot(of: shop)
        let reading = try slot.state.withLock { state in
            do {
                try Self.bringUpToDate(&state, shop, db)
            } catch {
                // Half of a read is no state to go on from.
                state = Slot.State()
                throw error
            }
            return Reading(index: state.index, answers: state.answers)
        }
        slot.count.store(reading.index.entries.count, ordering: .relaxed)
        return reading
    }

    private func slot(of shop: Int64) -> Slot {
        let use = uses.add(1, ordering: .relaxed).newValue
        return slots.withLock { slots in
            if let slot = slots[shop] {
                slot.lastUse.store(use, ordering: .relaxed)
                return slot
            }
            let new = Slot()
            new.lastUse.store(use, ordering: .relaxed)
            slots[shop] = new
            var total = slots.values.reduce(0) { $0 + $1.count.load(ordering: .relaxed) }
            while total > Self.productsMax, slots.count > 1,
                let oldest = slots.min(by: {
                    $0.value.lastUse.load(ordering: .relaxed) < $1.value.lastUse.load(ordering: .relaxed)
                })
            {
                total -= oldest.value.count.load(ordering: .relaxed)
                slots[oldest.key] = nil
            }
            return new
        }
    }

    private static func bringUpToDate(_ state: inout Slot.State, _ shop: Int64, _ db: any Connection) throws {
        let text = db.textIndex(of: shop)
        let mark = try text.mark()
        guard mark != state.mark else { return }
        state.answers = TextAnswers()
        if let last = state.mark, let condition = try text.changes(since: last) {
            let rows = try db.rows(
                """
                SELECT \(raw: FacetIndex.columns) FROM search_documents WHERE webshop_id = \(shop) AND \(condition)
                LIMIT \(raw: String(changesMax + 1))
                """)
            if rows.count <= changesMax {
                try state.index.apply(rows)
                state.mark = mark
                return
            }
        }
        state = Slot.State(index: try whole(shop, db), mark: mark)
    }

    private static func whole(_ shop: Int64, _ db: any Connection) throws -> FacetIndex {
        var index = FacetIndex()
        var last: Int64 = 0
        while true {
            let rows = try db.rows(
                """
                SELECT \(raw: FacetIndex.columns) FROM search_documents
                WHERE webshop_id = \(shop) AND product_id > \(last) ORDER BY product_id LIMIT \(raw: String(rowsPerRead))
                """)
            try index.apply(rows)
            guard rows.count == rowsPerRead, let row = rows.last else { return index }
            let id: Int64 = try row["product_id"]
            last = id
        }
    }
}
