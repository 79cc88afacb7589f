package import Basics
import Persistence
package import Resources

/// Changing an order: its addresses, its status, whether it is paid. Lines and sums stay as they were placed.
package enum ChangeOrder {
    package static let endpoints: [Endpoint] = [change(.put), change(.patch), cancel, delete]

    private static func change(_ method: Endpoint.Method) -> Endpoint {
        Endpoint(
            method, "/REST/order/{order_id}", .token(.write), method == .put ? "update_order" : "patch_order",
            "Changes an order: addresses, status, paid, tracking. Lines and sums are fixed."
                + (method == .put ? " `own_id:` and a key that none has yet places it, by the body of a POST." : ""),
            Order.info.writeDocumentation,
            .write { call, tx in
                let (address, body) = (try call.address(of: Order.info), try call.object())
                return method == .put ? try put(address, body, call, tx) : try update(address, body, call, tx)
            })
    }

    /// Changes the order, or places it where the shop's own key names none yet.
    static func put(_ address: RowAddress, _ body: JSONObject, _ call: Call, _ tx: Transaction) throws -> Answer {
        try ResourceEndpoints<Order>.put(address, body, call, tx, by: update) { body, call, tx in
            try PlaceOrder.run(call.read(OrderPlacement.self, body), tx).answer
        }
    }

    private static func update(
        _ address: RowAddress, _ body: JSONObject, _ call: Call, _ tx: Transaction
    ) throws -> Answer {
        let id = try tx.id(address, of: Order.info)
        return try run(id, body, ifMatch: call.ifMatch, isStrict: call.preferences.isStrict, tx).answer
    }

    private static let cancel = Endpoint(
        .post, "/REST/order/{order_id}/cancel", .token(.write), "cancel_order",
        "Cancels an order and puts its stock back, once.",
        Documentation(tag: "order", answer: Order.info.schemaReference),
        .write { call, tx in
            let order = try tx.take(Order.self, try call.address(of: Order.info))
            try IfMatch.check(call.ifMatch, order.version) { try tx.show(Order.info, order.id) }
            if order.status == .cancelled {
                return Answer(body: try tx.show(Order.info, order.id), version: order.version)
            }
            return try apply(order, tx) { $0.status = .cancelled }.answer
        })

    private static let delete = Endpoint(
        .delete, "/REST/order/{order_id}", .token(.write), "delete_order",
        "Deletes an order that has no invoice number; its stock goes back.",
        Documentation(tag: "order", answer: Order.info.deletedSchema),
        .write { call, tx in
            let order = try tx.take(Order.self, try call.address(of: Order.info))
            try IfMatch.check(call.ifMatch, order.version) { try tx.show(Order.info, order.id) }
            guard order.invoiceID == nil else {
                throw Problem.conflict(
                    "invoiced", "An order with an invoice number is bookkeeping and cannot be deleted.")
            }
            if order.status != .cancelled { _ = try apply(order, tx) { $0.status = .cancelled } }
            return try ResourceEndpoints<Order>.delete(.id(order.id), call.unconditional, tx)
        })

    @discardableResult
    package static func run(
        _ id: Int64, _ body: JSONObject, ifMatch: String? = nil, isStrict: Bool = false, _ tx: Transaction
    ) throws -> Written<Order> {
        let stored = try tx.take(Order.self, id)
        try IfMatch.check(ifMatch, stored.version) { try tx.show(Order.info, id) }
        let body = try tx.withoutOwnKeys(body, of: Order.info)
        var input = Input(Order.info, for: tx.tenant, isStrict: isStrict)
        let record = try input.record(
            from: body, over: Order.schema.record(stored.value), ignoring: OrderPlacement.info.names)
        if isStrict, let time = body["time"] { try refuse(time: time, of: stored, tx) }
        let wanted = try Order.schema.value(record)
        let written = try apply(stored, tx) { $0 = wanted }
        try keepTreatment(of: stored.value, in: written.value, tx)
        return written
    }

    /// When an order was placed is said when it is placed; sent back as it is shown it is no fault.
    private static func refuse(time: JSON, of order: Stored<Order>, _ tx: Transaction) throws {
        let created = try tx.db.row(
            "SELECT coalesce(placed, created) AS time FROM orders WHERE webshop_id = \(tx.shop) AND order_id = \(order.id)"
        )
        let field = FieldInfo(name: "time", kind: .instant, isNullable: false)
        let shown: SQLValue = try created.map { try $0["time"] } ?? .null
        if let fault = field.fault(sending: time, where: shown, for: tx.tenant) {
            throw Problem.invalid("/time", fault.code, fault.message)
        }
    }

    /// The sums were worked out by where the goods go and by who buys them: what would have given others is refused.
    private static func keepTreatment(of old: Order, in new: Order, _ tx: Transaction) throws {
        let changed = [
            ("/vat_number", new.vatNumber != old.vatNumber),
            ("/del_country_id", new.deliveryCountryID != old.deliveryCountryID),
        ].filter(\.1).map(\.0)
        guard !changed.isEmpty, try VATTreatment.of(old, in: tx) != VATTreatment.of(new, in: tx) else { return }
        throw Problem.conflict(
            "vat_treatment", "The order would carry other VAT, and its sums are fixed: cancel it and place another.",
            errors: changed.map { .init($0, "vat_treatment", "would change the VAT of the order") })
    }

    /// Makes a change with all that belongs to it: stock back, invoice number, topics.
    private static func apply(
        _ stored: Stored<Order>, _ tx: Transaction, _ change: (inout Order) throws -> Void
    ) throws -> Written<Order> {
        var stored = stored
        let old = stored.value
        try change(&stored.value)
        let hasMoved = stored.value.status != old.status
        if hasMoved, !old.status.next.contains(stored.value.status) {
            throw Problem.conflict(
                "order_status",
                "An order that is \(old.status.rawValue) cannot become \(stored.value.status.rawValue).",
                errors: [.init("/status", "order_status", "cannot follow \(old.status.rawValue)")])
        }
        if hasMoved, stored.value.status == .cancelled { try OrderStock.putBack(order: stored.id, in: tx) }
        if stored.value.paid, !old.paid, stored.value.status == .cancelled {
            throw Problem.conflict(
                "order_status", "A cancelled order cannot be paid.",
                errors: [.init("/paid", "order_status", "cannot be 1 on a cancelled order")])
        }
        if stored.value.paid != old.paid {
            stored.value.paidTime = stored.value.paid ? tx.now : nil
            if stored.value.paid { try Invoice.give(to: &stored.value, in: tx) }
        }
        let written = try tx.update(stored)
        if hasMoved { tx.record("new_status", "order", written.id, written.version, written.json) }
        if written.value.paid, !old.paid { tx.record("paid", "order", written.id, written.version, written.json) }
        return written
    }
}
