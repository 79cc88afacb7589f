import Persistence

/// What a shop's products are filtered, counted and sorted by, in memory: some hundred bytes a product, so that counting
/// all of them for every facet takes a few milliseconds. A value; who holds one keeps it as it was.
struct FacetIndex: Sendable {
    /// One product.
    struct Entry: Sendable {
        let id: Int64
        let price: Int64
        let salePrice: Int64
        let saleFrom: Int64
        let saleTo: Int64
        let weight: Int64
        let created: Int64
        let isOnline: Bool
        let isHidden: Bool
        let isInStock: Bool
        /// Where its values and its name begin in the pools, and where they end.
        fileprivate(set) var values: Range<Int32>
        fileprivate(set) var name: Range<Int32>

        /// What one unit costs anybody now (`Pricing` without amounts and groups).
        func price(at now: Int64) -> Int64 {
            saleFrom <= now && now < saleTo ? min(price, salePrice) : price
        }
    }

    /// The columns of `search_documents` it is made from.
    static let columns = """
        product_id, is_removed, is_online, no_internal_search, in_stock, price, sale_price, sale_from, sale_to, weight,
        created, name, facets
        """

    /// By id.
    private(set) var entries: [Entry] = []
    /// What there is to choose from; a product's values are places in this list.
    private(set) var keys: [FacetKey] = []
    private var places: [String: Int32] = [:]
    private var values: [Int32] = []
    private var names: [UInt8] = []
    /// Parts of the pools that no entry points to any more.
    private var waste = 0

    /// Takes over rows that were written. Those of one id must come once.
    mutating func apply(_ rows: Rows) throws {
        var added: [Entry] = []
        var removed: Set<Int64> = []
        for row in rows {
            let id: Int64 = try row["product_id"]
            let place = self.place(of: id)
            if let place { waste += entries[place].values.count * 4 + entries[place].name.count }
            switch (place, try row["is_removed"] as Bool) {
            case (nil, true): break
            case (_?, true): removed.insert(id)
            case (let place?, false): entries[place] = try entry(row)
            case (nil, false): added.append(try entry(row))
            }
        }
        if !removed.isEmpty { entries.removeAll { removed.contains($0.id) } }
        add(added.sorted { $0.id < $1.id })
        if waste > values.count * 2 + names.count / 2 + 65_536 { tidy() }
    }

    private mutating func add(_ added: [Entry]) {
        guard let first = added.first else { return }
        let isBehind = entries.last.map { $0.id < first.id } ?? true
        entries.append(contentsOf: added)
        if !isBehind { entries.sort { $0.id < $1.id } }
    }

    private mutating func entry(_ row: Row) throws -> Entry {
        let name: String = try row["name"]
        let (firstValue, firstName) = (Int32(clamping: values.count), Int32(clamping: names.count))
        for facet in try (row["facets"] as String).split(separator: " ") {
            if let place = place(of: String(facet)) { values.append(place) }
        }
        names.append(contentsOf: name.utf8)
        return Entry(
            id: try row["product_id"], price: try row["price"], salePrice: try row["sale_price"] ?? .max,
            saleFrom: try row["sale_from"] ?? .min, saleTo: try row["sale_to"] ?? .max, weight: try row["weight"],
            created: try row["created"], isOnline: try row["is_online"], isHidden: try row["no_internal_search"],
            isInStock: try row["in_stock"],
            values: firstValue..<Int32(clamping: values.count), name: firstName..<Int32(clamping: names.count))
    }

    private mutating func place(of facet: String) -> Int32? {
        if let place = places[facet] { return place }
        guard let key = FacetKey(facet) else { return nil }
        let place = Int32(clamping: keys.count)
        keys.append(key)
        places[facet] = place
        return place
    }

    /// Copies the pools without what is no longer used.
    private mutating func tidy() {
        let (oldValues, oldNames) = (values, names)
        (values, names, waste) = ([], [], 0)
        for place in entries.indices {
            let entry = entries[place]
            let (firstValue, firstName) = (Int32(clamping: values.count), Int32(clamping: names.count))
            values += oldValues[Int(entry.values.lowerBound)..<Int(entry.values.upperBound)]
            names += oldNames[Int(entry.name.lowerBound)..<Int(entry.name.upperBound)]
            entries[place].values = firstValue..<Int32(clamping: values.count)
            entries[place].name = firstName..<Int32(clamping: names.count)
        }
    }
}

extension FacetIndex {
    /// The values of a product.
    func values(of entry: Entry) -> ArraySlice<Int32> {
        values[Int(entry.values.lowerBound)..<Int(entry.values.upperBound)]
    }

    /// The name of a product, as its bytes.
    func name(of entry: Entry) -> ArraySlice<UInt8> {
        names[Int(entry.name.lowerBound)..<Int(entry.name.upperBound)]
    }

    /// Where a product stands; nil where it is none of the shop's live ones.
    func place(of id: Int64) -> Int? {
        let place = firstPlace(notBelow: id, from: 0)
        return place < entries.count && entries[place].id == id ? place : nil
    }

    /// Where products stand.
    /// - Parameter ids: in order.
    func places(of ids: [Int64]) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(ids.count)
        var place = 0
        // Many are walked to, few are looked up.
        let isDense = ids.count > entries.count / 16
        for id in ids {
            if isDense {
                while place < entries.count, entries[place].id < id { place += 1 }
            } else {
                place = firstPlace(notBelow: id, from: place)
            }
            if place < entries.count, entries[place].id == id { places.append(place) }
        }
        return places
    }

    private func firstPlace(notBelow id: Int64, from start: Int) -> Int {
        var (low, high) = (start, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
