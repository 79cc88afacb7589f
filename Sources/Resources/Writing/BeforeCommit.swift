/// What waits for the end of a transaction, so that several changes of a thing cost it once.
struct BeforeCommit {
    typealias Work = (Set<Int64>, Transaction) throws -> Void

    private var waiting: [(name: String, ids: Set<Int64>, work: Work)] = []

    mutating func add(_ name: String, _ ids: some Sequence<Int64>, _ work: @escaping Work) {
        if let place = waiting.firstIndex(where: { $0.name == name }) {
            waiting[place].ids.formUnion(ids)
        } else {
            waiting.append((name, Set(ids), work))
        }
    }

    func contains(_ name: String, _ id: Int64) -> Bool {
        waiting.contains { $0.name == name && $0.ids.contains(id) }
    }

    func count(_ name: String) -> Int { waiting.first { $0.name == name }?.ids.count ?? 0 }

    /// Takes out what has waited longest; nil when nothing waits. What is done may ask for more.
    mutating func next() -> ((Transaction) throws -> Void)? {
        guard !waiting.isEmpty else { return nil }
        let ending = waiting.removeFirst()
        return { tx in try ending.work(ending.ids, tx) }
    }
}

extension Transaction {
    /// Has work on some rows done once, just before the commit. What is asked for under one name is done together.
    package func beforeCommit(
        _ name: String, _ ids: some Sequence<Int64>, _ work: @escaping (Set<Int64>, Transaction) throws -> Void
    ) {
        endings.add(name, ids, work)
    }

    /// On how many rows work waits under a name.
    package func pendingCount(_ name: String) -> Int { endings.count(name) }

    /// Whether work on a row waits under a name.
    package func isPending(_ name: String, _ id: Int64) -> Bool {
        endings.contains(name, id)
    }
}
