import Basics
import Resources
import Support
import Testing

/// Where an order goes after it was placed: statuses, payment, invoices, and what the feed tells of it.
@Suite struct OrderStatusTests {
    private static func placed(_ shop: TestShop) async throws -> Int64 {
        try await shop.order(shop.product(stock: 10)).json["order_id"].integer
    }

    @Test func `an order moves freely between the open statuses`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        for status in ["inprocess", "pending", "ready", "sent", "new", "sent"] as [JSON] {
            let reply = try await shop.put("order/\(order)", ["status": status])
            #expect(reply.status == 200)
            #expect(reply.json["status"] == status)
        }
    }

    @Test(arguments: ["cancelled", "canceled"])
    func `cancelled is final, however it is spelled`(_ word: String) async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        #expect(try await shop.put("order/\(order)", ["status": .string(word)]).json["status"] == "cancelled")
        let back = try await shop.put("order/\(order)", ["status": "new"])
        #expect(back.status == 409)
        #expect(back.code == "order_status")
        #expect(back.pointers == ["/status"])
        #expect(try await shop.put("order/\(order)", ["comments": "too late"]).status == 200)
    }

    @Test func `a status that is none, or not for a new order, is refused`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let order = try await Self.placed(shop)
        #expect(try await shop.put("order/\(order)", ["status": "lost"]).pointers == ["/status"])
        #expect(try await shop.put("order/\(order)", ["status": "credit"]).status == 409)
        for status in ["cancelled", "credit"] as [JSON] {
            let reply = try await shop.order([TestShop.line(product)], JSONObject([.init("status", status)]))
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/status"])
        }
        let pending = try await shop.order([TestShop.line(product)], JSONObject([.init("status", "pending")]))
        #expect(pending.json["status"] == "pending")
    }

    @Test func `lines and sums stay as they were placed`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(price: 100, stock: 10)
        let order = try await shop.order(product, 2).json
        let id = order["order_id"].integer
        try await shop.put("product/\(product)", ["price": 999, "name": "Dear shirt"])
        let changed = try await shop.put(
            "order/\(id)",
            ["products": [TestShop.line(product, 9)], "total_price": 1, "vat": 0, "del_city": "Odense"])
        #expect(changed.status == 200)
        #expect(changed.json["del_city"] == "Odense")
        #expect(changed.json["products"] == order["products"])
        #expect(changed.json["total_price"] == order["total_price"])
        #expect(try await shop.stock(product) == 8)
    }

    @Test func `paying gives an invoice number and a time, and again the same number`() async throws {
        let shop = try await TestShop.open()
        let first = try await Self.placed(shop)
        let second = try await Self.placed(shop)
        let paid = try await shop.put("order/\(second)", ["paid": 1]).json
        #expect(paid["paid"] == 1)
        #expect(paid["invoice_id"] == 1)
        #expect(!paid["paid_time"].isNull)
        #expect(try await shop.put("order/\(first)", ["paid": true]).json["invoice_id"] == 2)
        let unpaid = try await shop.put("order/\(second)", ["paid": 0]).json
        #expect(unpaid["paid_time"].isNull)
        #expect(unpaid["invoice_id"] == 1)
        let product = try await shop.product(stock: 1)
        let atOnce = try await shop.order([TestShop.line(product)], JSONObject([.init("paid", "1")])).json
        #expect(atOnce["invoice_id"] == 3)
        #expect(!atOnce["paid_time"].isNull)
    }

    @Test func `two shops number their orders and invoices each for itself`() async throws {
        for _ in 0..<2 {
            let shop = try await TestShop.open()
            for number in 1...2 {
                let order = try await Self.placed(shop)
                let paid = try await shop.put("order/\(order)", ["paid": 1]).json
                #expect(paid["webshop_order_id"].integer == Int64(number))
                #expect(paid["invoice_id"].integer == Int64(number))
            }
        }
    }

    @Test func `the feed tells of everything an order does, in order`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let before = try await shop.events().count
        let order = try await shop.order(product, 2).json["order_id"].integer
        try await shop.put("order/\(order)", ["paid": 1])
        try await shop.put("order/\(order)", ["status": "sent"])
        try await shop.put("order/\(order)", ["status": "sent"])
        try await shop.post("order/\(order)/cancel", [:])
        let events = try await shop.events().dropFirst(before)
        #expect(
            events.map { $0["type"].text } == [
                "stock.updated", "stock", "stock-entry.created", "order.created", "order_created", "order.updated",
                "paid", "order.updated", "new_status", "stock.updated", "stock", "stock-entry.created", "order.updated",
                "new_status",
            ])
        let last = try #require(events.last)
        #expect(last["resource_id"].integer == order)
        #expect(try await shop.get("order/\(order)").json == last["data"])
        let sequences = events.filter { $0["type"].text.hasPrefix("order.") }.map { $0["sequence"].integer }
        #expect(sequences == [1, 2, 3, 4])
    }

    @Test func `an order placed paid tells so`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let before = try await shop.events().count
        _ = try await shop.order([TestShop.line(product)], JSONObject([.init("paid", 1)]))
        let types = try await shop.events().dropFirst(before).map { $0["type"].text }
        #expect(types == ["stock.updated", "stock", "stock-entry.created", "order.created", "order_created", "paid"])
    }
}
