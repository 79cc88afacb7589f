/// The part of a result that was asked for, in its order: by the sort key, then by id. Only as many products are put in
/// order as are shown.
struct SearchRanking {
    private let index: FacetIndex
    private let request: SearchRequest
    /// How well the text was met, by place; empty without a text.
    private let levels: [UInt8]
    private let now: Int64

    init(_ index: FacetIndex, _ request: SearchRequest, levels: [UInt8], now: Int64) {
        (self.index, self.request, self.levels, self.now) = (index, request, levels, now)
    }

    /// The places of a page, and whether there are more behind it.
    func page(of matches: [Int]) -> (places: [Int], hasMore: Bool) {
        let end = request.offset + request.limit + 1
        let candidates = request.after.map { cursor in matches.filter { isBehind(cursor, $0) } } ?? matches
        let first = firsts(candidates, end)
        let page = first.dropFirst(request.offset)
        return (Array(page.prefix(request.limit)), page.count > request.limit)
    }

    /// A cursor behind a place.
    func cursor(behind place: Int) -> SearchCursor {
        SearchCursor(signature: request.signature, key: key(place), id: index.entries[place].id)
    }

    private func firsts(_ places: [Int], _ count: Int) -> [Int] {
        guard count < places.count / 2 else { return Array(places.sorted(by: isBefore).prefix(count)) }
        var best: [Int] = []
        best.reserveCapacity(count * 2)
        var worst: Int?
        for place in places {
            if let worst, !isBefore(place, worst) { continue }
            best.append(place)
            guard best.count >= count * 2 else { continue }
            best.sort(by: isBefore)
            best.removeLast(best.count - count)
            worst = best.last
        }
        return Array(best.sorted(by: isBefore).prefix(count))
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        if request.order == .name {
            let (left, right) = (index.name(of: index.entries[one]), index.name(of: index.entries[other]))
            if !left.elementsEqual(right) { return left.lexicographicallyPrecedes(right) != request.isDescending }
        } else {
            let (left, right) = (number(one), number(other))
            if left != right { return (left < right) != request.isDescending }
        }
        // Places stand in the order of ids.
        return request.isDescending ? one > other : one < other
    }

    private func number(_ place: Int) -> Int64 {
        let entry = index.entries[place]
        switch request.order {
        case .relevance: return levels.isEmpty ? entry.weight : Int64(levels[place])
        case .price: return entry.price(at: now)
        case .created: return entry.created
        case .weight: return entry.weight
        case .id: return entry.id
        case .name: return 0
        }
    }

    private func key(_ place: Int) -> SearchKey {
        request.order == .name
            ? SearchKey(name: Array(index.name(of: index.entries[place]))) : SearchKey(number: number(place))
    }

    private func isBehind(_ cursor: SearchCursor, _ place: Int) -> Bool {
        let (key, id) = (key(place), index.entries[place].id)
        if key != cursor.key { return cursor.key.isBefore(key) != request.isDescending }
        return request.isDescending ? id < cursor.id : id > cursor.id
    }
}
