import Basics

/// Which products a request chooses, and what there is left to choose from. Choices within a facet add to each other, those
/// of different facets narrow each other, and a facet counts as if nothing had been chosen in it.
struct FacetSelection {
    /// The products that fit all choices, by their place in the index.
    private(set) var matches: [Int] = []
    /// For a facet with choices: the products that fit all choices but those.
    private var beside: [[Int]] = []
    private let groups: ChoiceGroups
    private let index: FacetIndex
    private let now: Int64

    /// - Parameter candidates: the places the text has found; nil where there is no text.
    init(
        _ candidates: [Int]?, of index: FacetIndex, _ request: SearchRequest, _ categories: FacetCategories, now: Int64
    ) {
        self.index = index
        self.now = now
        groups = ChoiceGroups(request, index, categories)
        beside = [[Int]](repeating: [], count: groups.count)
        if let candidates {
            for place in candidates { take(place, request) }
        } else {
            for place in index.entries.indices { take(place, request) }
        }
    }

    private mutating func take(_ place: Int, _ request: SearchRequest) {
        let entry = index.entries[place]
        if let isOnline = request.isOnline, entry.isOnline != isOnline { return }
        if let isHidden = request.isHidden, entry.isHidden != isHidden { return }
        guard groups.count > 0 else { return matches.append(place) }
        let missed = groups.missed(by: entry, index, now)
        if missed == 0 {
            matches.append(place)
        } else if missed & (missed - 1) == 0 {
            beside[missed.trailingZeroBitCount].append(place)
        }
    }

    // MARK: Counting

    /// How many products have each value of the index.
    func counts() -> [Int] {
        var counts = [Int](repeating: 0, count: index.keys.count)
        count(matches, &counts) { _ in true }
        for (bit, group) in groups.byValue {
            count(beside[bit], &counts) { group.owns($0) }
        }
        return counts
    }

    private func count(_ places: [Int], _ counts: inout [Int], _ isCounted: (FacetKey) -> Bool) {
        guard !places.isEmpty else { return }
        let isWanted = index.keys.map(isCounted)
        for place in places {
            for value in index.values(of: index.entries[place]) where isWanted[Int(value)] { counts[Int(value)] += 1 }
        }
    }

    /// How many products each category shows with all below it, each product once.
    func categoryCounts(_ categories: FacetCategories) -> [Int64: Int] {
        var slots: [Int64: Int] = [:]
        let lines = index.keys.map { key -> [Int] in
            guard case .category(let id) = key else { return [] }
            return categories.line(of: id).map { ancestor in
                let slot = slots[ancestor] ?? slots.count
                slots[ancestor] = slot
                return slot
            }
        }
        var counts = [Int](repeating: 0, count: slots.count)
        var last = [Int](repeating: -1, count: slots.count)
        for places in [matches, groups.categoryBit.map { beside[$0] } ?? []] {
            for place in places {
                for value in index.values(of: index.entries[place]) {
                    for slot in lines[Int(value)] where last[slot] != place {
                        last[slot] = place
                        counts[slot] += 1
                    }
                }
            }
        }
        return slots.mapValues { counts[$0] }
    }

    /// What products cost, whatever price was chosen.
    func prices() -> [Int64] {
        (matches + (groups.priceBit.map { beside[$0] } ?? [])).map { index.entries[$0].price(at: now) }
    }

    /// How many are in stock and how many are not, whatever was chosen.
    func stock() -> (inStock: Int, soldOut: Int) {
        let places = matches + (groups.stockBit.map { beside[$0] } ?? [])
        let inStock = places.count { index.entries[$0].isInStock }
        return (inStock, places.count - inStock)
    }
}

/// The facets in which something was chosen, each a bit.
private struct ChoiceGroups {
    enum Group {
        case brand, category, label
        case attribute(Int64)

        /// Whether a value belongs to the facet.
        func owns(_ key: FacetKey) -> Bool {
            switch (self, key) {
            case (.brand, .brand), (.category, .category), (.label, .label): true
            case (.attribute(let one), .attribute(let other, _)): one == other
            default: false
            }
        }
    }

    private(set) var count = 0
    private(set) var byValue: [(bit: Int, group: Group)] = []
    private(set) var categoryBit: Int?
    private(set) var priceBit: Int?
    private(set) var stockBit: Int?
    /// For each value of the index, the bit of the facet in which it was chosen.
    private var chosen: [UInt64]
    private let price: ClosedRange<Int64>?
    private let isInStock: Bool?

    init(_ request: SearchRequest, _ index: FacetIndex, _ categories: FacetCategories) {
        chosen = [UInt64](repeating: 0, count: index.keys.count)
        price = request.price
        isInStock = request.isInStock
        if price != nil { priceBit = newBit() }
        if isInStock != nil { stockBit = newBit() }
        if !request.brands.isEmpty {
            let brands = Set(request.brands)
            add(.brand, index) { if case .brand(let id) = $0 { brands.contains(id) } else { false } }
        }
        if !request.categories.isEmpty {
            let wanted = Set(request.categories)
            categoryBit = count
            add(.category, index) { key in
                guard case .category(let id) = key else { return false }
                return categories.line(of: id).contains { wanted.contains($0) }
            }
        }
        if !request.labels.isEmpty {
            let labels = Set(request.labels)
            add(.label, index) { if case .label(let id) = $0 { labels.contains(id) } else { false } }
        }
        for (attribute, values) in request.attributes.sorted(by: { $0.key < $1.key }).prefix(
            SearchRequest.attributesMax)
        {
            let values = Set(values)
            let texts = Set(
                (request.texts[attribute] ?? []).map { String(Int64(bitPattern: FNV.hash(Tokenizer.line($0)))) })
            add(.attribute(attribute), index) { key in
                switch key {
                case .attribute(attribute, let value): values.contains(value)
                case .text(attribute, let hash): texts.contains(hash)
                default: false
                }
            }
        }
    }

    private mutating func newBit() -> Int {
        defer { count += 1 }
        return count
    }

    private mutating func add(_ group: Group, _ index: FacetIndex, _ isChosen: (FacetKey) -> Bool) {
        let bit = newBit()
        byValue.append((bit, group))
        for (place, key) in index.keys.enumerated() where isChosen(key) { chosen[place] = 1 << UInt64(bit) }
    }

    /// The facets in whose choices a product is not.
    func missed(by entry: FacetIndex.Entry, _ index: FacetIndex, _ now: Int64) -> UInt64 {
        var met: UInt64 = 0
        if let price, let priceBit, price.contains(entry.price(at: now)) { met |= 1 << UInt64(priceBit) }
        if let isInStock, let stockBit, entry.isInStock == isInStock { met |= 1 << UInt64(stockBit) }
        if !byValue.isEmpty {
            for value in index.values(of: entry) { met |= chosen[Int(value)] }
        }
        return ~met & ((1 << UInt64(count)) - 1)
    }
}
