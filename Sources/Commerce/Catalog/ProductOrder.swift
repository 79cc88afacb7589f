import Resources

/// How a list of products stands that has an order of its own, as `sort_order` says it.
struct ProductOrder {
    /// What `sort` would say; nil for the usual order, newest first.
    let sort: String?

    /// - Parameter hasPlaces: whether there is a `position` to go by.
    init(_ text: String, hasPlaces: Bool) {
        sort = Self.isOrder(text, hasPlaces: hasPlaces) ? text : nil
    }

    /// Whether it says an order: the names products can be sorted by, each with a `-` where it goes down.
    static func isOrder(_ text: String, hasPlaces: Bool) -> Bool {
        let names = Set(Product.info.sortableNames + (hasPlaces ? [Query.position] : []))
        let terms = text.split(separator: ",", omittingEmptySubsequences: false)
        return terms.count <= 5 && terms.allSatisfy { names.contains(String($0.hasPrefix("-") ? $0.dropFirst() : $0)) }
    }
}
