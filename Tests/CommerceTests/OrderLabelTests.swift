import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// Labels on orders: put on and taken off by their names, shown, filtered by, told of once per change.
@Suite struct OrderLabelTests {
    private static func placed(_ shop: TestShop) async throws -> Int64 {
        try await shop.order(shop.product(stock: 10)).json["order_id"].integer
    }

    /// The topics of labels so far, with their data.
    private static func told(_ shop: TestShop) async throws -> [JSON] {
        try await shop.get("event?type=add_label,remove_label&limit=1000").json["events"].elements.map {
            ["type": $0["type"], "order": $0["resource_id"], "data": $0["data"]]
        }
    }

    private static func event(_ type: String, _ order: Int64, _ label: String) -> JSON {
        [
            "type": .string(type), "order": .number(order),
            "data": ["order_id": .number(order), "label": .string(label)],
        ]
    }

    private static func listed(_ shop: TestShop, _ query: String) async throws -> [Int64] {
        try await shop.get("order?\(query)").json["orders"].elements.map { $0["order_id"].integer }
    }

    @Test func `a label is made where it is new, and shown on the order and in lists`() async throws {
        let shop = try await TestShop.open()
        let (first, second) = (try await Self.placed(shop), try await Self.placed(shop))
        #expect(try await shop.get("order/\(first)").json["labels"] == [])
        let labelled = try await shop.post("order/\(first)/label", ["label": " e-conomic-ok "])
        #expect(labelled.json["labels"] == ["e-conomic-ok"])
        try await shop.post("order/\(first)/label", ["label": "hurry"])
        #expect(try await shop.get("order/\(first)").json["labels"] == ["e-conomic-ok", "hurry"])
        let listed = try await shop.get("order?sort=order_id").json["orders"].elements.map { $0["labels"] }
        #expect(listed == [["e-conomic-ok", "hurry"], []])
        let labels = try await shop.get("order-label").json["order_labels"].elements.map { $0["name"].text }
        #expect(labels == ["e-conomic-ok", "hurry"])
        #expect(try await Self.listed(shop, "label=hurry") == [first])
        #expect(try await Self.listed(shop, "label=hurry&status=sent") == [])
        #expect(try await Self.listed(shop, "label=nobody") == [])
        try await shop.post("order/\(second)/label", ["label": "hurry"])
        #expect(try await Self.listed(shop, "label=hurry&sort=order_id") == [first, second])
    }

    @Test func `a label that an order has already changes nothing and tells nothing`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        let first = try await shop.post("order/\(order)/label", ["label": "hurry"])
        let events = try await shop.events().count
        let second = try await shop.post("order/\(order)/label", ["label": "hurry"])
        #expect(second.body == first.body)
        #expect(second[header: "ETag"] == first[header: "ETag"])
        #expect(try await shop.events().count == events)
        #expect(try await Self.told(shop) == [Self.event("add_label", order, "hurry")])
    }

    @Test func `a label is taken off by its name, once`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        for label in ["50% / half", "ny ordre"] {
            try await shop.post("order/\(order)/label", ["label": .string(label)])
        }
        let left = try await shop.delete("order/\(order)/label/50%25%20%2F%20half")
        #expect(left.status == 200)
        #expect(left.json["labels"] == ["ny ordre"])
        #expect(try await shop.delete("order/\(order)/label/50%25%20%2F%20half").status == 404)
        #expect(try await shop.delete("order/\(order)/label/nobody").status == 404)
        #expect(try await shop.delete("order/\(order)/label/ny%20ordre").json["labels"] == [])
        #expect(
            try await Self.told(shop) == [
                Self.event("add_label", order, "50% / half"), Self.event("add_label", order, "ny ordre"),
                Self.event("remove_label", order, "50% / half"), Self.event("remove_label", order, "ny ordre"),
            ])
    }

    @Test func `a label has one form, however it is typed`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        try await shop.post("order/\(order)/label", ["label": "caf\u{E9}"])
        #expect(
            try await shop.post("order/\(order)/label", ["label": " cafe\u{301} "]).json["labels"].elements.count == 1)
        #expect(try await Self.listed(shop, "label=cafe%CC%81") == [order])
        #expect(try await shop.delete("order/\(order)/label/cafe%CC%81").json["labels"] == [])
    }

    @Test func `the doctor finds an order that does not say that it has labels`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        try await shop.post("order/\(order)/label", ["label": "hurry"])
        #expect(try await shop.findings() == [])
        _ = try await shop.server.storage.write { [id = shop.id] db in
            try db.run("UPDATE orders SET parts = 0 WHERE webshop_id = \(id)")
        }
        #expect(try await shop.findings().count == 1)
    }

    @Test func `what an order's label is called is one to 255 letters`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        for body in [[:], ["label": ""], ["label": "  "], ["label": .string(String(repeating: "x", count: 256))]]
            as [JSON]
        {
            let refused = try await shop.post("order/\(order)/label", body)
            #expect(refused.status == 422, "\(refused.text)")
            #expect(refused.pointers == ["/label"])
        }
        #expect(try await shop.post("order/99999999/label", ["label": "x"]).status == 404)
        #expect(try await shop.get("order-label").json["paging"]["total"] == 0)
    }

    @Test func `a new name is that of every order that has the label`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        try await shop.post("order/\(order)/label", ["label": "hurry"])
        let label = try await shop.get("order-label").json["order_labels"][0]["order_label_id"].integer
        let renamed = try await shop.put("order-label/\(label)", ["name": "rush", "color": "#FFCC00"])
        #expect(renamed.json["color"] == "#ffcc00")
        #expect(try await shop.get("order/\(order)").json["labels"] == ["rush"])
        #expect(try await Self.listed(shop, "label=rush") == [order])
        #expect(try await Self.listed(shop, "label=hurry") == [])
        #expect(try await Self.told(shop) == [Self.event("add_label", order, "hurry")])
        #expect(try await shop.post("order-label", ["name": "rush"]).code == "duplicate")
    }

    @Test func `a label that is deleted is taken off its orders, and each is told of`() async throws {
        let shop = try await TestShop.open()
        let (first, second) = (try await Self.placed(shop), try await Self.placed(shop))
        for order in [first, second] { try await shop.post("order/\(order)/label", ["label": "hurry"]) }
        try await shop.post("order/\(second)/label", ["label": "gift"])
        let label = try await shop.get("order-label?name=hurry").json["order_labels"][0]["order_label_id"].integer
        let before = try await shop.get("order/\(first)")
        try await shop.delete("order-label/\(label)")
        let after = try await shop.get("order/\(first)")
        #expect(after.json["labels"] == [])
        #expect(after[header: "ETag"] != before[header: "ETag"])
        #expect(try await shop.get("order/\(second)").json["labels"] == ["gift"])
        #expect(
            try await Self.told(shop).suffix(2) == [
                Self.event("remove_label", first, "hurry"), Self.event("remove_label", second, "hurry"),
            ])
        #expect(try await shop.post("order/\(first)/label", ["label": "hurry"]).json["labels"] == ["hurry"])
    }

    /// Writes down that orders have labels, past the door.
    private static func label(_ pairs: [(order: Int64, label: Int64)], in shop: TestShop) async throws {
        let rows = pairs.map { [shop.id.sqlValue, $0.order.sqlValue, $0.label.sqlValue] }
        _ = try await shop.server.storage.write { db in
            try db.run(
                SQL.insertions("INSERT INTO labelled_orders (webshop_id, order_id, order_label_id) VALUES", rows))
        }
    }

    @Test func `a label of more than a thousand orders is taken off them before it can be deleted`() async throws {
        let shop = try await TestShop.open()
        let label = try await shop.post("order-label", ["name": "old"]).json["order_label_id"].integer
        try await Self.label((1...1001).map { ($0, label) }, in: shop)
        let refused = try await shop.delete("order-label/\(label)")
        #expect((refused.status, refused.code) == (409, "label_in_use"))
        #expect(try await shop.get("order-label/\(label)").status == 200)
    }

    @Test func `an order has at most a hundred labels`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        try await shop.post("order/\(order)/label", ["label": "first"])
        for number in 1...99 { try await shop.post("order/\(order)/label", ["label": .string("label \(number)")]) }
        let refused = try await shop.post("order/\(order)/label", ["label": "last"])
        #expect((refused.status, refused.code) == (409, "too_many_labels"))
        #expect(try await shop.post("order/\(order)/label", ["label": "first"]).status == 200)
    }

    @Test func `an order that is deleted leaves its labels`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        try await shop.post("order/\(order)/label", ["label": "hurry"])
        try await shop.delete("order/\(order)")
        #expect(try await Self.listed(shop, "label=hurry") == [])
        let left = try await shop.server.storage.read { [id = shop.id] db in
            try db.rows("SELECT order_id FROM labelled_orders WHERE webshop_id = \(id)").count
        }
        #expect(left == 0)
    }

    @Test func `what puts on a label keeps to its condition, and a dry run leaves nothing`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        let stale = try await shop.post("order/\(order)/label", ["label": "a"], headers: ["If-Match": "\"9-x\""])
        #expect(stale.status == 412)
        let dry = try await shop.post("order/\(order)/label", ["label": "a"], headers: ["Prefer": "dry-run"])
        #expect(dry.json["labels"] == ["a"])
        #expect(try await shop.get("order/\(order)").json["labels"] == [])
        #expect(try await shop.get("order-label").json["paging"]["total"] == 0)
        #expect(try await Self.told(shop) == [])
    }

    @Test func `an order keeps its labels as it changes`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.placed(shop)
        try await shop.post("order/\(order)/label", ["label": "hurry"])
        #expect(try await shop.put("order/\(order)", ["status": "sent"]).json["labels"] == ["hurry"])
        let shown = try await shop.get("order/\(order)").json
        #expect(shown["labels"] == ["hurry"])
        let sentBack = try await shop.put("order/\(order)", shown, headers: ["Prefer": "handling=strict"])
        #expect(sentBack.json["labels"] == ["hurry"], "\(sentBack.text)")
        let last = try #require(try await shop.events().last { $0["type"].text == "order.updated" })
        #expect(last["data"]["labels"] == ["hurry"])
    }

    @Test func `one new label put on many orders at once is one label`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 100)
        var orders: [Int64] = []
        for _ in 0..<12 { orders.append(try await shop.order(product).json["order_id"].integer) }
        let ids = orders
        let answers = try await together(24) { place in
            try await shop.post("order/\(ids[place % 12])/label", ["label": "storm"])
        }
        #expect(answers.allSatisfy { $0.status == 200 && $0.json["labels"] == ["storm"] })
        #expect(try await shop.get("order-label").json["paging"]["total"] == 1)
        #expect(try await Self.told(shop).count == 12)
        #expect(try await Self.listed(shop, "label=storm&limit=100").count == 12)
    }

    @Test func `a list asks for labels once, and not at all where no order has any`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let product = try await shop.product(stock: 100)
        var orders: [Int64] = []
        for _ in 0..<5 { orders.append(try await shop.order(product).json["order_id"].integer) }
        try await shop.get("order?limit=20")
        let before = server.storage.statements
        try await shop.get("order?limit=20")
        let plain = server.storage.statements - before
        for order in orders { try await shop.post("order/\(order)/label", ["label": "hurry"]) }
        try await shop.get("order?limit=20")
        let between = server.storage.statements
        try await shop.get("order?limit=20")
        #expect(server.storage.statements - between == plain + 1)
        await server.stop()
    }
}
