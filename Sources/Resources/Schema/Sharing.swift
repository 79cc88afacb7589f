package import Persistence

/// Rows of other shops that a shop is shown beside its own, such as apps that it may install. Only their own shop changes them.
package struct Sharing: Sendable {
    /// Which live rows of others.
    let rows: @Sendable (_ shop: Int64) -> SQL
    /// What is shown in the place of some members, by their names: SQL for all rows that the shop is shown.
    let members: @Sendable (_ shop: Int64) -> [String: String]

    package init(
        rows: @escaping @Sendable (_ shop: Int64) -> SQL,
        showing members: @escaping @Sendable (_ shop: Int64) -> [String: String]
    ) {
        (self.rows, self.members) = (rows, members)
    }
}

extension ResourceInfo {
    /// Which rows a shop is shown.
    func seen(by shop: Int64) -> SQL? {
        guard isShopOwned else { return nil }
        guard let sharing else { return "webshop_id = \(shop)" }
        return "(webshop_id = \(shop) OR (\(sharing.rows(shop)) AND removed_on IS NULL))"
    }

    /// The columns of a plan of its as the shop is shown them.
    func select(_ plan: Plan, for shop: Int64) -> String {
        sharing.map { plan.select($0.members(shop)) } ?? plan.select
    }
}
