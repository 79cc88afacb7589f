import Testing

/// An area knows those below it and none above (`Sources/README.md`, "Parts and followers").
@Suite struct AreaTests {
    /// What each area may know. `Followers.swift` stands above them all.
    private static let known: [String: Set<String>] = [
        "Access": ["Delivery", "Mails"],
        "Apps": ["Access", "Catalog", "Content", "OAuth", "Webhooks"],
        "Audit": ["Access"],
        "Catalog": ["Addresses", "Delivery"],
        "Content": ["Addresses", "Catalog"],
        "Customers": ["Delivery"],
        "Delivery": ["Addresses"],
        "Doctor": ["Addresses", "Audit", "Keys"],
        "Feed": ["Access", "Audit"],
        "Inventory": ["Catalog"],
        "Keys": ["Access", "Catalog"],
        "Mails": ["Delivery"],
        "OAuth": ["Access", "Mails", "Users"],
        "Payments": ["Addresses"],
        "Sales": ["Access", "Catalog", "Customers", "Delivery", "Inventory", "Payments"],
        "Search": ["Catalog"],
        "Users": ["Access", "Mails"],
        "Webhooks": ["Access", "Feed", "Mails", "Users"],
    ]

    @Test func `an area knows those that are said to be below it and no others`() throws {
        let edges = try AreaSources().edges.sorted { ($0.key.area, $0.key.other) < ($1.key.area, $1.key.other) }
        #expect(edges.count > 10)
        for (edge, names) in edges {
            print("\(edge.area) > \(edge.other) by \(names.count): \(names.sorted().prefix(3).joined(separator: ", "))")
            let isKnown = Self.known[edge.area]?.contains(edge.other) ?? false
            #expect(isKnown, "\(edge.area) > \(edge.other): \(names.sorted())")
        }
    }

    @Test func `no area comes back to itself by way of others`() throws {
        let edges = Dictionary(grouping: try AreaSources().edges.keys, by: \.area).mapValues { Set($0.map(\.other)) }
        for area in edges.keys {
            var below: Set<String> = []
            var open = edges[area] ?? []
            while let next = open.popFirst() {
                if below.insert(next).inserted { open.formUnion(edges[next] ?? []) }
            }
            #expect(!below.contains(area), "\(area) is above itself")
        }
    }
}
