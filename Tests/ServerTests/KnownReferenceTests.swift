import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// What a transaction has read it does not ask for again, unless it has deleted it since.
@Suite struct KnownReferenceTests {
    @Test func `an order cannot name a customer whom its own transaction has read and deleted`() async throws {
        let shop = try await TestShop.open()
        let customer = try await shop.post("customer", ["name": "Anna"]).json["customer_id"]
        let product = try await shop.product(stock: 5)
        let id = Int64(customer.digits) ?? 0
        let body = JSONObject([
            .init("products", .array([TestShop.line(product)])), .init("customer_id", customer),
        ])
        let (storage, tenant, now) = (shop.server.storage, try await shop.tenant, shop.server.clock.now)
        let problem = await #expect(throws: Problem.self) {
            try await storage.transact(in: tenant, at: now, as: "test") { tx in
                _ = try tx.findAll(Customer.self, [id])
                try tx.remove(try tx.take(Customer.self, id))
                _ = try PlaceOrder.run(body, tx)
            }
        }
        #expect(problem?.errors.map(\.pointer) == ["/customer_id"])
        let named = JSONObject([.init("customer_id", customer)])
        #expect(try await shop.order([TestShop.line(product)], named).status == 200)
    }
}
