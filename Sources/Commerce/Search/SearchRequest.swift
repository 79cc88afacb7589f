/// What a search is for: words, choices among the facets, an order and a part of the result. The same for every face of
/// the shop; how it is spelled in a URL is elsewhere.
package struct SearchRequest: Sendable {
    /// What products are counted by. The order is that of the answer.
    package enum Facet: String, Sendable, CaseIterable {
        case brand, category, attribute, label, price
        case stock = "in_stock"
    }

    package enum Order: String, Sendable, CaseIterable {
        /// Where the words were found; without words, the shop's own order.
        case relevance
        case price, name, created, weight
        case id = "product_id"
    }

    package static let attributesMax = 50

    /// All of these must be there; empty finds everything.
    package var text = ""
    /// Ids of which a product has one. Empty is no choice; several choices of a facet add up.
    package var brands: [Int64] = []
    /// With all that hangs below them.
    package var categories: [Int64] = []
    package var labels: [Int64] = []
    /// By attribute: ids of values, or the values themselves where there is no list.
    package var attributes: [Int64: [String]] = [:]
    /// The same where the values are free text.
    package var texts: [Int64: [String]] = [:]
    /// What one unit costs now, of the cheapest variant where there are any, in minor units.
    package var price: ClosedRange<Int64>?
    package var isInStock: Bool?
    package var isOnline: Bool?
    package var isHidden: Bool?

    package var facets: Set<Facet> = []
    /// Values shown of each facet, those of most products first.
    package var facetLimit = 50
    package var order = Order.relevance
    package var isDescending = false
    package var limit = 5
    package var offset = 0
    package var after: SearchCursor?

    package init() {}

    /// What shoppers see: online, and not kept out of search.
    package mutating func restrictToVisible() {
        (isOnline, isHidden) = (true, false)
    }

    /// The order and its direction, which a cursor belongs to.
    var signature: String { (isDescending ? "-" : "") + order.rawValue }
}
