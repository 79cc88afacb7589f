import Areas
import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// The doctor finds what does not add up, and names it.
@Suite struct DoctorTests {
    private static let server = Task { try await TestServer() }

    /// A shop with a product and an order of two of it, freight and VAT included.
    private static func sold() async throws -> (shop: TestShop, product: Int64, order: Int64) {
        let shop = try await TestShop.open(on: server.value)
        let product = try await shop.product(stock: 10)
        let order = try await shop.order([TestShop.line(product, 2)], JSONObject([.init("shipping_price", 50)]))
        return (shop, product, order.json["order_id"].integer)
    }

    @Test func `a healthy shop has nothing to find`() async throws {
        let (shop, _, order) = try await Self.sold()
        #expect(try await shop.findings() == [])
        try await shop.post("order/\(order)/cancel", [:])
        #expect(try await shop.findings() == [])
        #expect(House.doctor.checkCount >= 6)
    }

    @Test(
        arguments: [
            ("UPDATE stock_levels SET count = count + 1", "stock equals its ledger", "product"),
            ("UPDATE stock_entries SET change = change + 1 WHERE kind = 'count'", "stock equals its ledger", "product"),
            ("DELETE FROM stock_entries WHERE kind = 'count'", "stock equals its ledger", "product"),
            ("UPDATE orders SET price = price + 1", "an order's goods equal its lines", "order"),
            ("UPDATE order_lines SET total = total - 1", "an order's goods equal its lines", "order"),
            ("UPDATE orders SET vat = vat + 1", "an order's VAT equals its lines and freight", "order"),
            ("UPDATE order_lines SET vat = vat + 1", "an order's VAT equals its lines and freight", "order"),
            ("UPDATE orders SET shipping_vat = 0", "an order's VAT equals its lines and freight", "order"),
            ("UPDATE orders SET total_price = 1", "an order's total equals goods, freight and VAT", "order"),
            ("UPDATE orders SET shipping_price = 0", "an order's total equals goods, freight and VAT", "order"),
            ("UPDATE order_lines SET amount = 1", "an order's lines have left or rejoined the stock", "order"),
            ("UPDATE orders SET status = 'cancelled'", "an order's lines have left or rejoined the stock", "order"),
            (
                "DELETE FROM stock_entries WHERE kind = 'order'", "an order's lines have left or rejoined the stock",
                "order"
            ),
        ])
    func `tampering is found and named`(_ statement: String, _ check: String, _ object: String) async throws {
        let (shop, product, order) = try await Self.sold()
        let word = statement.contains(" WHERE ") ? "AND" : "WHERE"
        try await shop.server.storage.write { db in
            _ = try db.run("\(raw: statement) \(raw: word) webshop_id = \(shop.id)")
        }
        let found = try await shop.findings()
        let row = "shop \(shop.id), \(object) \(object == "order" ? order : product):"
        #expect(found.contains { $0.hasPrefix("\(check): \(row)") }, "\(found)")
    }

    @Test func `the database itself refuses stock below zero where that is forbidden`() async throws {
        let (shop, _, _) = try await Self.sold()
        await #expect(throws: StorageError.self) {
            try await shop.server.storage.write { db in
                _ = try db.run("UPDATE stock_levels SET count = -1 WHERE webshop_id = \(shop.id)")
            }
        }
    }
}
