/// How many pieces of one kind of work a process has under way at once: in all, of a shop, and of a shop in one lane.
/// Who keeps us waiting takes only its own places.
package struct TurnLimits: Sendable, Equatable {
    package let inAll: Int
    package let perShop: Int
    package let perLane: Int

    package init(inAll: Int, perShop: Int, perLane: Int) {
        (self.inAll, self.perShop, self.perLane) = (inAll, perShop, perLane)
    }

    /// One after the other, shop by shop.
    package static let oneAtATime = TurnLimits(inAll: 1, perShop: 1, perLane: 1)
}
