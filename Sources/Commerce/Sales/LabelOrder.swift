import Basics
import Persistence
import Resources

/// Putting labels on an order and taking them off (CONTRACT 8, "Labels"). Each real change is told once, as `add_label` or
/// `remove_label`.
enum LabelOrder {
    static let endpoints: [Endpoint] = [add, remove]

    /// What is put on an order.
    private struct Wish: Body {
        let label: String

        static let schema = BodySchema(
            Wish.init,
            Field(
                "label", \.label, .needed("is required: the name of a label"), .key, .length(1...255),
                .about("Its name; a label that is new is made.")))
    }

    private static let add = Endpoint(
        .post, "/REST/order/{order_id}/label", .token(.write), "label_order",
        "Puts a label on an order, by its name. One that it has already changes nothing.",
        Documentation(tag: "order", answer: Order.info.schemaReference), takes: Wish.self
    ) { wish, call, tx in
        let order = try taken(call, tx)
        let label = try OrderLabel.named(wish.label, in: tx) ?? make(wish.label, tx)
        return try LabelledOrders.add(label, to: order, in: tx)
    }

    private static let remove: Endpoint = {
        var remove = Endpoint(
            .delete, "/REST/order/{order_id}/label/{label}", .token(.write), "unlabel_order",
            "Takes a label off an order, by its name.",
            Documentation(tag: "order", answer: Order.info.schemaReference),
            .write { call, tx in
                let order = try taken(call, tx)
                guard let name = call.parameters.last?.asKey, let label = try OrderLabel.named(name, in: tx),
                    try LabelledOrders.has(order.id, label, in: tx)
                else { throw Problem(.notFound, "not_found", "This order has no label of that name.") }
                return try tx.only(LabelledOrders.remove(label, from: [order], in: tx)).answer
            })
        // Only the order changes, which is held.
        remove.standsAlone = false
        return remove
    }()

    private static func taken(_ call: Call, _ tx: Transaction) throws -> Stored<Order> {
        let order = try tx.take(Order.self, try call.address(of: Order.info))
        try IfMatch.check(call.ifMatch, order.version) { try tx.show(Order.info, order.id) }
        return order
    }

    /// Makes a label; where somebody else does at the same moment, the second look finds theirs.
    private static func make(_ name: String, _ tx: Transaction) throws -> OrderLabel {
        do {
            return try tx.insert(OrderLabel(id: tx.newID(OrderLabel.self), name: name, color: nil)).value
        } catch let problem as Problem where problem.code == "duplicate" {
            throw TakenMeanwhile()
        }
    }
}
