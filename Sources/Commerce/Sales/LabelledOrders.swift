import Basics
import Persistence
import Resources

/// Which labels an order has: names in its answers, put on and taken off by their names.
enum LabelledOrders {
    /// The bit of an order's `parts` that says whether it has any.
    static let bit: Int64 = 1 << 0
    private static let labelsMax: Int64 = 100

    static let embed = Embed(
        "labels", of: "labelled_orders", key: "order_label_id", by: "order_id", order: "order_label_id", parts: bit,
        showing: .computed(
            "name", .text,
            """
            (SELECT l.name FROM order_labels l WHERE l.webshop_id = labelled_orders.webshop_id
            AND l.order_label_id = labelled_orders.order_label_id)
            """))

    static let filter = CustomFilter("label", .text, "Orders that have a label, by its name.") { value, _, tenant in
        guard case .text(let name) = value else { return nil }
        return .listed(
            """
            SELECT l.order_id AS listed_id FROM labelled_orders l WHERE l.webshop_id = \(tenant.webshopID)
            AND l.order_label_id = (SELECT n.order_label_id FROM order_labels n
                WHERE n.webshop_id = \(tenant.webshopID) AND n.name = \(name.asKey) AND n.removed_on IS NULL)
            """)
    }

    /// Puts a label on an order that was taken, unless it has it.
    static func add(_ label: OrderLabel, to order: Stored<Order>, in tx: Transaction) throws -> Answer {
        let counted = try tx.db.row(
            """
            SELECT count(*) AS count, count(CASE WHEN order_label_id = \(label.id) THEN 1 END) AS same
            FROM labelled_orders WHERE webshop_id = \(tx.shop) AND order_id = \(order.id)
            """)
        let (count, same): (Int64, Int64) = try counted.map { (try $0["count"], try $0["same"]) } ?? (0, 0)
        if same > 0 { return Answer(body: try tx.show(Order.info, order.id), version: order.version) }
        guard count < labelsMax else {
            throw Problem.conflict("too_many_labels", "An order has at most \(labelsMax) labels.")
        }
        tx.markChanged("labelled_orders")
        try tx.db.run(
            """
            INSERT INTO labelled_orders (webshop_id, order_id, order_label_id)
            VALUES (\(tx.shop), \(order.id), \(label.id))
            """)
        var order = order
        order.note(bit, true)
        let written = try tx.update(order, hasNewParts: true)
        tell("add_label", label, written, in: tx)
        return written.answer
    }

    /// Takes a label off orders that were taken and have it.
    @discardableResult
    static func remove(_ label: OrderLabel, from orders: [Stored<Order>], in tx: Transaction) throws -> [Written<Order>]
    {
        guard !orders.isEmpty else { return [] }
        tx.markChanged("labelled_orders")
        let ids = SQL.paddedList(orders.map(\.id))
        try tx.db.run(
            """
            DELETE FROM labelled_orders
            WHERE webshop_id = \(tx.shop) AND order_label_id = \(label.id) AND order_id IN (\(ids))
            """)
        let others = try Set(
            tx.db.rows("SELECT order_id FROM labelled_orders WHERE webshop_id = \(tx.shop) AND order_id IN (\(ids))")
                .integers("order_id"))
        let written = try tx.write(
            orders.map { order in
                var order = order
                order.note(bit, others.contains(order.id))
                return try Draft(order, hasNewParts: true)
            })
        for order in written { tell("remove_label", label, order, in: tx) }
        return written
    }

    /// Whether an order has a label.
    static func has(_ order: Int64, _ label: OrderLabel, in tx: Transaction) throws -> Bool {
        try tx.db.row(
            """
            SELECT 1 FROM labelled_orders
            WHERE webshop_id = \(tx.shop) AND order_id = \(order) AND order_label_id = \(label.id)
            """) != nil
    }

    private static func tell(_ topic: String, _ label: OrderLabel, _ order: Written<Order>, in tx: Transaction) {
        let data: JSON = ["order_id": .number(JSONNumber(order.id)), "label": .string(label.name)]
        tx.record(topic, "order", order.id, order.version, data.bytes)
    }
}

extension Part<Order> {
    /// The labels it has.
    static var labels: Part {
        Part(
            { _ in
                [.embedded(LabelledOrders.embed, after: "products", about: "The names of its labels.")]
            },
            remove: { order, tx in
                tx.markChanged("labelled_orders")
                try tx.db.run(
                    "DELETE FROM labelled_orders WHERE webshop_id = \(tx.shop) AND order_id = \(order.id)")
            })
    }
}
