import Persistence

/// Many ids in one text, which costs a fraction of as many rows.
enum IDList {
    /// - Parameter rows: one row of one text, or of null.
    static func read(_ rows: Rows) -> [Int64] {
        guard rows.cells.first?.isText == true else { return [] }
        var ids: [Int64] = []
        ids.reserveCapacity(rows.bytes.count / 6 + 1)
        var id: Int64 = 0
        for byte in rows.bytes {
            if Tokenizer.isDigit(byte) {
                id = id &* 10 &+ Int64(byte & 15)
            } else {
                ids.append(id)
                id = 0
            }
        }
        ids.append(id)
        // An index walks its ids in their order, but does not promise it.
        let isSorted = zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }
        return isSorted ? ids : ids.sorted()
    }
}
