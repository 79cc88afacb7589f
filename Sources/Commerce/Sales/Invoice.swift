import Resources

/// Invoice numbers run without gaps per shop, so they are taken under a lock that the transaction gives back.
enum Invoice {
    static func give(to order: inout Order, in tx: Transaction) throws {
        order.paidTime = order.paidTime ?? tx.now
        guard order.invoiceID == nil else { return }
        let row = try tx.db.row(
            """
            INSERT INTO counters (webshop_id, name, value) VALUES (\(tx.shop), 'invoice', 1)
            ON CONFLICT (webshop_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value
            """)
        order.invoiceID = try row.map { try $0["value"] }
    }
}
