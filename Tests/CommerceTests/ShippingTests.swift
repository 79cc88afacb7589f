import Basics
import Resources
import Support
import Testing

/// What freight costs.
@Suite struct ShippingTests {
    /// The freight of an order over goods of a price.
    private static func freight(
        _ shop: TestShop, _ method: JSON, goods: JSON = 100, product more: JSONObject = JSONObject(),
        order: [JSONObject.Member] = []
    ) async throws -> Reply {
        let id = try await shop.post("shipping", method).json["shipping_id"]
        let product = try await shop.product(price: goods, stock: 10, more)
        return try await shop.order([TestShop.line(product)], JSONObject([.init("shipping_id", id)] + order))
    }

    @Test func `freight is the method's price, with the VAT of the goods`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.freight(shop, ["name": "Parcel", "price": 50]).json
        #expect(order["shipping_price"].digits == "50")
        #expect(order["shipping_vat"].digits == "10")
        #expect(order["shipping_vat_rate"].digits == "25")
        #expect(order["price"].digits == "100")
        #expect(order["vat"].digits == "30")
        #expect(order["total_price"].digits == "150")
    }

    @Test func `a price of the client's own comes before the method's`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.freight(
            shop, ["name": "Parcel", "cost": 50], order: [.init("shipping_price", 7)]
        ).json
        #expect(order["shipping_price"].digits == "7")
    }

    @Test(arguments: [("99.99", "50"), ("100", "0"), ("200", "0")])
    func `freight is free from a value on`(_ goods: String, _ price: String) async throws {
        let shop = try await TestShop.open()
        let order = try await Self.freight(
            shop, ["name": "Parcel", "price": 50, "free_above": 100], goods: .number(JSONNumber(text: goods))
        ).json
        #expect(order["shipping_price"].digits == price)
    }

    @Test func `a product that never ships free makes the order pay`() async throws {
        let shop = try await TestShop.open()
        let order = try await Self.freight(
            shop, ["name": "Parcel", "price": 50, "free_above": 10],
            product: JSONObject([.init("never_free_shipping", 1)])
        ).json
        #expect(order["shipping_price"].digits == "50")
    }

    @Test func `a method delivers only where it says`() async throws {
        let shop = try await TestShop.open()
        let sweden = try await shop.get("country?iso=SE&limit=1").json["countries"][0]["country_id"]
        let refused = try await Self.freight(shop, ["name": "Swedish", "price": 50, "countries": [sweden]])
        #expect(refused.status == 422)
        #expect(refused.pointers == ["/shipping_id"])
        let sent = try await Self.freight(
            shop, ["name": "Swedish", "price": 50, "countries": [sweden]], order: [.init("del_country_id", sweden)])
        #expect(sent.json["shipping_price"].digits == "50")
    }

    @Test(arguments: [(1, "0.5", "20"), (1, "5", "40"), (1, "20", "99"), (2, "0.5", "15"), (3, "0.5", "50")])
    func `the first row that fits is the price`(_ kind: Int, _ weight: String, _ price: String) async throws {
        let shop = try await TestShop.open()
        let sweden = try await shop.get("country?iso=SE&limit=1").json["countries"][0]["country_id"]
        let rows: JSON = [
            ["country_id": sweden, "price": 15],
            ["to": 150, "weight_to": 1, "price": 20],
            ["to": 150, "weight_from": 1, "weight_to": 10, "price": 40],
            ["to": 150, "weight_from": "10", "price": "99"],
        ]
        let order = try await Self.freight(
            shop, ["name": "Parcel", "price": 50, "prices": rows], goods: kind == 3 ? 151 : 100,
            product: JSONObject([.init("shipping_weight", .number(JSONNumber(text: weight)))]),
            order: kind == 2 ? [.init("del_country_id", sweden)] : [])
        #expect(order.json["shipping_price"].digits == price)
    }

    @Test func `rows that say nothing sensible are refused where they stand`() async throws {
        let shop = try await TestShop.open()
        for (rows, pointer) in [
            ([7], "/prices/0"), ([["price": 1], [:]], "/prices/1/price"),
            ([["price": 1, "from": 10, "to": 5]], "/prices/0/to"), ([["price": "cheap"]], "/prices/0/price"),
        ] as [(JSON, String)] {
            let reply = try await shop.post("shipping", ["name": "Parcel", "prices": rows])
            #expect(reply.status == 422)
            #expect(reply.pointers == [pointer])
        }
    }
}
