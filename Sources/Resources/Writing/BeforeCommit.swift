/// What waits for the end of a transaction.
struct BeforeCommit {
    private var waiting: [(work: any Settling.Type, ids: Set<Int64>)] = []

    mutating func add(_ work: any Settling.Type, _ ids: some Sequence<Int64>) {
        let ids = Set(ids)
        guard !ids.isEmpty else { return }
        if let place = place(of: work) {
            waiting[place].ids.formUnion(ids)
        } else {
            waiting.append((work, ids))
        }
    }

    /// The rows that wait for a kind of work.
    func ids(_ work: any Settling.Type) -> Set<Int64> { place(of: work).map { waiting[$0].ids } ?? [] }

    /// Takes out what has waited longest; nil when nothing waits. What is done may ask for more.
    mutating func next() -> ((Transaction) throws -> Void)? {
        guard !waiting.isEmpty else { return nil }
        let first = waiting.removeFirst()
        return { tx in try first.work.settle(first.ids, in: tx) }
    }

    private func place(of work: any Settling.Type) -> Int? { waiting.firstIndex { $0.work == work } }
}

extension Transaction {
    /// Has work on some rows done once, just before the commit.
    package func beforeCommit(_ work: any Settling.Type, _ ids: some Sequence<Int64>) {
        endings.add(work, ids)
    }

    /// The rows that wait for a kind of work.
    package func pending(_ work: any Settling.Type) -> Set<Int64> { endings.ids(work) }
}
