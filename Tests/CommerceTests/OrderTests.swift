import Basics
import Commerce
import Resources
import Support
import Testing

/// Placing an order: what it costs, whose prices and rates hold, what is refused.
@Suite struct OrderTests {
    @Test func `an order of a shop whose prices include VAT`() async throws {
        let shop = try await TestShop.open()
        let shirt = try await shop.product("Shirt", price: .number(JSONNumber(text: "33.33")), stock: 10)
        let bag = try await shop.product("Bag", price: 100, stock: 10)
        let order = try await shop.order([TestShop.line(shirt, 3), TestShop.line(bag)]).json
        #expect(order["currency"] == "DKK")
        #expect(order["prices_include_vat"] == 1)
        #expect(order["price"].digits == "199.99")
        #expect(order["vat"].digits == "40")
        #expect(order["total_price"].digits == "199.99")
        #expect(order["status"] == "new")
        #expect(order["paid"] == 0)
        #expect(order["invoice_id"].isNull)
        let lines = order["products"]
        #expect(lines.elements.map { $0["product_id"].integer } == [shirt, bag])
        #expect(lines[0]["name"] == "Shirt")
        #expect(lines[0]["amount"] == 3)
        #expect(lines[0]["unit_price"].digits == "33.33")
        #expect(lines[0]["total"].digits == "99.99")
        #expect(lines[0]["vat_rate"] == 25)
        #expect(lines.elements.map { $0["vat"].digits } == ["20", "20"])
        #expect(lines[0]["price_override"] == 0)
        let shown = try await shop.get("order/\(order["order_id"].integer)").json
        #expect(shown == order)
    }

    @Test func `an order of a shop whose prices exclude VAT`() async throws {
        let shop = try await TestShop.open {
            $0.pricesIncludeVAT = false
            $0.vatRate = 1250
            $0.countryID = 0
        }
        let product = try await shop.product(price: .number(JSONNumber(text: "9.99")), stock: 10)
        let order = try await shop.order(product, 2).json
        #expect(order["price"].digits == "19.98")
        #expect(order["vat"].digits == "2.5")
        #expect(order["total_price"].digits == "22.48")
    }

    @Test func `a shop in yen takes and shows whole units`() async throws {
        let shop = try await TestShop.open {
            $0.currency = "JPY"
            $0.vatRate = 1000
            $0.countryID = 0
        }
        let refused = try await shop.post("product", ["name": "Fan", "price": .number(JSONNumber(text: "9.5"))])
        #expect(refused.status == 422)
        let order = try await shop.order(shop.product("Fan", price: 1000, stock: 1)).json
        #expect(order["total_price"].digits == "1000")
        #expect(order["vat"].digits == "91")
    }

    @Test func `a number that nobody can read back is refused in the attributes of a line`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let huge = JSON.number(JSONNumber(text: "1e400"))
        for (attributes, pointer) in [
            ([huge], "/0"), ([["note": huge]], "/0/note"), (["7": [huge]], "/7/0"), ([1, ["a": [0, huge]]], "/1/a/1"),
        ] as [(JSON, String)] {
            let line: JSON = ["product_id": .number(product), "amount": 1, "attributes": attributes]
            let refused = try await shop.order([line])
            #expect(refused.status == 422, "\(attributes.serialized)")
            #expect(refused.pointers == ["/products/0/attributes" + pointer], "\(refused.text)")
        }
        #expect(try await shop.stock(product) == 10)
    }

    @Test func `what is wrong with an order's fields and with its lines is told at once`() async throws {
        let shop = try await TestShop.open()
        let body: JSON = [
            "paid": 7, "shipping_price": -1, "time": "soon", "products": [["amount": 0], ["product_id": 1]],
        ]
        #expect(
            try await Set(shop.post("order", body).pointers) == [
                "/paid", "/shipping_price", "/time", "/products/0/amount", "/products/0/product_id",
                "/products/1/amount",
            ])
    }

    @Test func `the product's rate comes before the shop's`() async throws {
        let shop = try await TestShop.open { $0.vatRate = 2400 }
        let plain = try await shop.product("Shirt", stock: 10)
        let book = try await shop.product("Book", stock: 10, JSONObject([.init("vat", 0)]))
        let order = try await shop.order([TestShop.line(plain), TestShop.line(book)]).json
        #expect(order["products"].elements.map { $0["vat_rate"].digits } == ["24", "0"])
    }

    @Test func `the sale price is the price, unless the client gives one`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(price: 100, stock: 10, JSONObject([.init("sale_price", 80)]))
        let order = try await shop.order([TestShop.line(product), TestShop.line(product, unitPrice: 5)]).json
        #expect(order["products"].elements.map { $0["unit_price"].digits } == ["80", "5"])
        #expect(order["products"].elements.map { $0["price_override"].digits } == ["0", "1"])
        #expect(order["total_price"].digits == "85")
    }

    @Test func `lines may name a product by its own number`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10, JSONObject([.init("own_id", "SKU-7")]))
        let order = try await shop.order([["own_id": "SKU-7", "amount": "2"]]).json
        #expect(order["products"][0]["product_id"].integer == product)
        #expect(order["products"][0]["own_id"] == "SKU-7")
        #expect(try await shop.stock(product) == 8)
    }

    @Test func `every line that is wrong is named`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let gone = try await shop.product("Gone", stock: 10)
        try await shop.delete("product/\(gone)")
        let unknown = try await shop.order([
            TestShop.line(product), TestShop.line(gone), ["own_id": "none", "amount": 1], TestShop.line(9_999_999),
        ])
        #expect(unknown.status == 422)
        #expect(unknown.pointers == ["/products/1/product_id", "/products/2/own_id", "/products/3/product_id"])
        let malformed = try await shop.order([
            TestShop.line(product, 0), TestShop.line(product, -1), ["product_id": .number(product)], ["amount": 1], 7,
            TestShop.line(product, 1_000_001), TestShop.line(product, unitPrice: -1),
        ])
        #expect(malformed.status == 422)
        #expect(
            malformed.pointers == [
                "/products/0/amount", "/products/1/amount", "/products/2/amount", "/products/3/product_id",
                "/products/4", "/products/5/amount", "/products/6/unit_price",
            ])
        #expect(try await shop.post("order", [:]).pointers == ["/products"])
        #expect(try await shop.order([]).pointers == ["/products"])
        #expect(try await shop.get("order?limit=0").json["paging"]["total"] == 0)
        #expect(try await shop.stock(product) == 10)
    }

    @Test func `an order that is worth too much or has too many lines is refused`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 1000)
        let dear = (0..<500).map { _ in TestShop.line(product, 1_000_000, unitPrice: 100_000_000) }
        let refused = try await shop.order(dear)
        #expect(refused.status == 422)
        #expect(refused.pointers == ["/products"])
        let many = try await shop.order((0...500).map { _ in TestShop.line(product) })
        #expect(many.status == 422)
        #expect(many.pointers == ["/products"])
        let most = try await shop.order((0..<500).map { _ in TestShop.line(product) })
        #expect(most.status == 200)
        #expect(most.json["products"].elements.count == 500)
        #expect(try await shop.stock(product) == 500)
    }

    @Test func `sums go as far as an order may be worth, and as far below zero`() async throws {
        let shop = try await TestShop.open()
        let dear = try await shop.product(price: 10_000_000_000, stock: 20)
        let order = try await shop.order(dear, 5)
        #expect((order.status, order.json["total_price"].digits) == (200, "50000000000"))
        #expect(order.json["products"][0]["total"].digits == "50000000000")
        let refused = try await shop.order(dear, 11)
        #expect((refused.status, refused.pointers) == (422, ["/products"]))
        for (info, names) in [
            (Order.info, ["price", "vat", "total_price", "shipping_price", "shipping_vat"]),
            (OrderLine.info, ["vat", "total"]),
        ] {
            let sums = info.fields.filter { names.contains($0.name) }
            #expect(sums.count == names.count)
            for sum in sums {
                #expect(sum.allows(.integer(-Totals.max)) && sum.allows(.integer(Totals.max)), "\(sum.name)")
                #expect(!sum.allows(.integer(Totals.max + 1)), "\(sum.name)")
            }
        }
    }

    @Test func `what is wrong with a line is told of that line`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let long: JSON = [
            "product_id": .number(product), "amount": 1,
            "attributes": ["a": .string(String(repeating: "x", count: 262_144))],
        ]
        let refused = try await shop.order([TestShop.line(product), long])
        #expect((refused.status, refused.pointers) == (422, ["/products/1/attributes"]))
        #expect(try await shop.stock(product) == 10)
    }

    @Test(arguments: [("JPY", "1000000000000"), ("DKK", "10000000000")])
    func `what a price may be is told in the shop's currency`(_ currency: String, _ most: String) async throws {
        let shop = try await TestShop.open { $0.currency = currency }
        let refused = try await shop.post("product", ["name": "Dear", "price": 9_000_000_000_000])
        #expect((refused.status, refused.pointers) == (422, ["/price"]))
        #expect(refused.json["errors"][0]["message"].text == "must be from 0 to \(most)")
        #expect(
            try await shop.post("product", ["name": "Dear", "price": .number(JSONNumber(text: most))]).status == 200)
    }

    @Test func `the customer fills the addresses that are empty`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        let customer = try await shop.post(
            "customer",
            [
                "name": "Anna Jensen", "email": "anna@example.com", "phone": "12345678", "address": "Storegade 1",
                "zipcode": "8000", "city": "Aarhus", "ean_number": "5790000000001",
            ]
        ).json["customer_id"]
        let order = try await shop.order([TestShop.line(product)], JSONObject([.init("customer_id", customer)])).json
        for prefix in ["order", "del"] {
            #expect(order["\(prefix)_name"] == "Anna Jensen")
            #expect(order["\(prefix)_address"] == "Storegade 1")
            #expect(order["\(prefix)_zipcode"] == "8000")
            #expect(order["\(prefix)_country"] == "Denmark")
        }
        #expect(order["email"] == "anna@example.com")
        #expect(order["ean_number"] == "5790000000001")
        let gift = try await shop.order(
            [TestShop.line(product)],
            JSONObject([
                .init("customer_id", customer), .init("del_name", "Bo"), .init("del_address", "Lillegade 2"),
            ])
        ).json
        #expect(gift["del_name"] == "Bo")
        #expect(gift["del_zipcode"] == "")
        #expect(gift["order_name"] == "Anna Jensen")
    }

    @Test func `what an order refers to must be there`() async throws {
        let shop = try await TestShop.open()
        let product = try await shop.product(stock: 10)
        for (name, value) in [("customer_id", 99), ("shipping_id", 99), ("payment_gateway_id", 99)] as [(String, JSON)]
        {
            let reply = try await shop.order([TestShop.line(product)], JSONObject([.init(name, value)]))
            #expect(reply.status == 422)
            #expect(reply.pointers == ["/\(name)"])
        }
        let email = try await shop.order([TestShop.line(product)], JSONObject([.init("email", "nobody")]))
        #expect(email.pointers == ["/email"])
        #expect(try await shop.stock(product) == 10)
    }
}
