import Basics
import Persistence
package import Resources

/// A word that a shop and its apps put on orders, such as `e-conomic-ok`: apps steer by them.
package struct OrderLabel: Resource {
    package var id: Identifier<OrderLabel>
    package var name: String
    package var color: String?

    package static let schema = Schema(
        "order-label", "order_labels", OrderLabel.init,
        Field("order_label_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("color", \.color, .length(0...7), .about("`#rrggbb`.")),
        sortedBy: "name",
        about: "A new name is that of every order that has it, and no change of those orders.")

    package static func prepare(_ new: inout OrderLabel, replacing old: OrderLabel?, in tx: Transaction) throws {
        new.color = try Color.tidied(new.color)
    }

    package static let parts: [Part<OrderLabel>] = [Part(remove: { label, tx in try leaveOrders(label, in: tx) })]

    /// How many orders a label is taken off as it goes; each is a change of that order, with its events.
    static let ordersMax = 1000

    /// Takes a label that goes off the orders that have it.
    private static func leaveOrders(_ label: Stored<OrderLabel>, in tx: Transaction) throws {
        let labelled: SQL =
            "SELECT order_id FROM labelled_orders WHERE webshop_id = \(tx.shop) AND order_label_id = \(label.id)"
        let ids: [Int64] = try tx.db.rows("\(labelled) LIMIT \(ordersMax + 1)").map { try $0["order_id"] }
        guard ids.count <= ordersMax else {
            throw Problem.conflict(
                "label_in_use",
                "More than \(ordersMax) orders have this label: take it off them by DELETE order/{id}/label/{label} first."
            )
        }
        try LabelledOrders.remove(
            label.value, from: tx.takeAll(Order.self, ids).values.sorted { $0.id < $1.id }, in: tx)
    }

    /// The live label of a name, or nil.
    static func named(_ name: String, in tx: Transaction) throws -> OrderLabel? {
        try tx.db.row(
            """
            SELECT \(raw: info.columnList) FROM order_labels
            WHERE webshop_id = \(tx.shop) AND name = \(name) AND removed_on IS NULL
            """
        ).map { try schema.value($0.values) }
    }
}
