import Basics
import Commerce
import Resources
import Support
import Testing

/// Whose VAT number an order goes by, and that its sums stay those of its VAT.
@Suite struct OrderVATTests {
    private let shop: TestShop
    private let product: Int64
    private let countries: [String: JSON]

    init() async throws {
        shop = try await VATShop.open([
            "country": "DK", "currency": "DKK", "vat": "25", "prices_include_vat": 1, "oss": 1,
        ])
        .shop
        product = try await shop.product(price: 125, stock: 100)
        let rows = try await shop.get("country?limit=1000").json["countries"].elements
        countries = Dictionary(rows.map { ($0["iso"].text, $0["country_id"]) }, uniquingKeysWith: { first, _ in first })
    }

    private func order(_ more: [JSONObject.Member]) async throws -> JSON {
        try await shop.order([TestShop.line(product)], JSONObject(more)).json
    }

    private func country(_ iso: String) -> JSON { countries[iso] ?? .null }

    @Test func `a business buys under its VAT number, whoever the order is billed and sent to`() async throws {
        let customer = try await shop.post(
            "customer", ["name": "Handel GmbH", "country_id": country("DE"), "vat_number": "DE136695976"]
        ).json["customer_id"]
        let name = JSONObject.Member("order_name", "Frau Schmidt")
        let id = JSONObject.Member("customer_id", customer)
        for more in [[], [name, .init("order_country_id", country("DE"))]] as [[JSONObject.Member]] {
            let order = try await order([id] + more)
            #expect((order["reverse_charge"], order["vat_number"], order["total_price"]) == (1, "DE136695976", 100))
        }
        // Goods that stay at home carry its VAT, and a number that the order gives counts first.
        let home = try await order([id, name, .init("order_country_id", country("DK"))])
        #expect((home["reverse_charge"], home["total_price"]) == (0, 125))
        let other = try await order([
            id, name, .init("del_country_id", country("DE")), .init("vat_number", "DK13585628"),
        ])
        #expect((other["reverse_charge"], other["vat_number"]) == (0, "DK13585628"))
    }

    @Test(arguments: [0, 1])
    func `what would change the VAT of an order is refused, paid or not`(_ paid: Int64) async throws {
        let number = JSONObject.Member("vat_number", "DE136695976")
        let cases: [(to: String, change: JSONObject.Member, pointer: String)] = [
            ("DE", .init("vat_number", ""), "/vat_number"),
            ("DE", .init("del_country_id", country("DK")), "/del_country_id"),
            ("US", .init("del_country_id", country("DK")), "/del_country_id"),
            ("DK", .init("del_country_id", country("SE")), "/del_country_id"),
        ]
        for (to, change, pointer) in cases {
            let before = try await order([.init("del_country_id", country(to)), number, .init("paid", .number(paid))])
            let id = before["order_id"].integer
            let refused = try await shop.put("order/\(id)", .object(JSONObject([change, .init("comments", "x")])))
            #expect(
                (refused.status, refused.json["code"], refused.pointers) == (409, "vat_treatment", [pointer]), "\(to)")
            #expect(try await shop.get("order/\(id)").json == before)
        }
    }

    @Test func `what leaves the VAT of an order as it is can be changed`() async throws {
        let id = try await order([.init("del_country_id", country("DE")), .init("vat_number", "DE136695976")])[
            "order_id"
        ]
        .integer
        for change in [
            ["vat_number": "FR40303265045"], ["del_country_id": country("FR"), "del_city": "Paris"],
            ["order_country_id": country("DK"), "vat_number": "FR40303265045"],
        ] as [JSON] {
            let changed = try await shop.put("order/\(id)", change)
            #expect((changed.status, changed.json["reverse_charge"], changed.json["vat"]) == (200, 1, 0), "\(change)")
        }
        // Under the One Stop Shop each country has its rate.
        let sweden = try await order([.init("del_country_id", country("SE"))])["order_id"].integer
        #expect(try await shop.put("order/\(sweden)", ["del_country_id": country("FI")]).status == 409)
        #expect(try await shop.put("order/\(sweden)", ["del_country_id": 999_999]).status == 422)
    }
}
