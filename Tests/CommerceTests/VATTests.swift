import Basics
import Commerce
import Foundation
import Resources
import Support
import Testing

/// VAT by destination (CONTRACT 8): the whole matrix to the minor unit.
@Suite struct VATTests {
    /// Orders with what they must come to, worked out apart from this code.
    private static let cases: [JSON] = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/vat-by-destination.json")
        guard let data = try? Data(contentsOf: url), let json = try? JSONParser.parse(Array(data)) else { return [] }
        return json.elements
    }()

    @Test func `the table is whole`() {
        #expect(Self.cases.count == 104)
    }

    @Test(arguments: cases)
    func `an order carries the VAT of where it goes`(_ wanted: JSON) async throws {
        let shop = try await VATShop.open(wanted["shop"])
        var lines: [JSON] = []
        for product in wanted["products"].elements {
            let given = JSONObject(
                ["vat"].compactMap { name in product[name].isNull ? nil : .init(name, product[name]) })
            let id = try await shop.shop.product(price: product["price"], stock: 100, given)
            let price = product["unit_price"]
            lines.append(TestShop.line(id, product["amount"].integer, unitPrice: price.isNull ? nil : price))
        }
        let order = try await shop.order(
            lines, to: wanted["to"].text, number: wanted["vat_number"].text, freight: wanted["freight"],
            given: wanted["shipping_price"])
        let expected = wanted["expected"]
        let name = wanted["name"].text
        for field in ["shipping_price", "shipping_vat", "shipping_vat_rate", "price", "vat", "total_price"] {
            #expect(order[field].digits == expected[field].text, "\(name): \(field)")
        }
        for field in ["reverse_charge", "export"] { #expect(order[field] == expected[field], "\(name): \(field)") }
        for (line, wanted) in zip(order["products"].elements, expected["lines"].elements) {
            for field in ["unit_price", "vat_rate", "vat", "total"] {
                #expect(line[field].digits == wanted[field].text, "\(name): \(field)")
            }
        }
        #expect(try await shop.shop.findings() == [])
    }

    @Test func `random orders agree with a computation of another kind`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        for number in 0..<12 {
            let settings = VATOracle.Settings(&dice)
            let shop = try await VATShop.open(settings.json)
            for _ in 0..<12 {
                let cart = VATOracle.Cart(&dice)
                var lines: [JSON] = []
                for item in cart.items {
                    var more = JSONObject([.init("allow_negative_stock", 1)])
                    if let rate = item.rate { more.append("vat", VATOracle.decimal(rate)) }
                    let id = try await shop.shop.product(price: VATOracle.decimal(item.price), more)
                    lines.append(
                        TestShop.line(id, item.amount, unitPrice: item.isGiven ? VATOracle.decimal(item.price) : nil))
                }
                let order = try await shop.order(
                    lines, to: cart.destination, number: cart.number, freight: VATOracle.decimal(cart.freight))
                let fault = VATOracle(settings, cart).fault(in: order)
                try #require(fault == nil, "seed \(seed), shop \(number) \(settings), \(cart): \(fault ?? "")")
            }
            #expect(try await shop.shop.findings() == [])
        }
    }

    @Test func `orders without VAT are found by why they have none`() async throws {
        let shop = try await VATShop.open(["country": "DK", "currency": "DKK", "vat": "25", "oss": 0])
        let product = try await shop.shop.product(stock: 9)
        var ids: [String: JSON] = [:]
        for (name, iso, number) in [
            ("", "DE", ""), ("reverse_charge", "DE", "DE136695976"), ("export", "US", "DE136695976"),
        ] {
            ids[name] = try await shop.order([TestShop.line(product)], to: iso, number: number)["order_id"]
        }
        for name in ["reverse_charge", "export"] {
            let found = try await shop.shop.get("order?\(name)=1").json["orders"].elements
            #expect(found.map { $0["order_id"] } == [ids[name]])
        }
    }

    @Test func `a shop without a country charges its own rate everywhere`() async throws {
        let shop = try await TestShop.open { ($0.vatRate, $0.countryID) = (1250, 0) }
        let product = try await shop.product(stock: 9)
        let norway = try await shop.get("country?iso=NO").json["countries"][0]["country_id"]
        let order = try await shop.order([TestShop.line(product)], JSONObject([.init("del_country_id", norway)])).json
        #expect((order["products"][0]["vat_rate"].digits, order["export"]) == ("12.5", 0))
    }

    @Test func `the One Stop Shop is a yes or a no`() async throws {
        let shop = try await TestShop.open()
        for wrong in [2, "yes", [], "1.5"] as [JSON] {
            let reply = try await shop.put("shop", ["settings": ["oss": wrong]])
            #expect((reply.status, reply.pointers) == (422, ["/settings/oss"]), "\(wrong)")
        }
        for right in [0, 1, "0", "1", true, false, .null] as [JSON] {
            #expect(try await shop.put("shop", ["settings": ["oss": right, "x": 1]]).status == 200, "\(right)")
        }
    }

    @Test func `an order at home asks for no country, one abroad asks once`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let product = try await shop.product(stock: 100)
        let sweden = try await shop.get("country?iso=SE").json["countries"][0]["country_id"]
        func statements(_ more: JSONObject) async throws -> Int {
            let before = server.storage.statements
            #expect(try await shop.order([TestShop.line(product)], more).status == 200)
            return server.storage.statements - before
        }
        let home: JSONObject = JSONObject([.init("del_country_id", .number(Country.denmark))])
        _ = try await statements(home)
        #expect(try await statements(JSONObject([.init("del_country_id", sweden)])) == statements(home) + 1)
        await server.stop()
    }
}

/// A shop with the settings of a case, and orders of it.
struct VATShop {
    let shop: TestShop
    private let countries: [String: JSON]

    static func open(_ settings: JSON) async throws -> VATShop {
        let rate = Decimals.scaled(settings["vat"].text.utf8, places: 2)?.int64 ?? -1
        let shop = try await TestShop.open {
            $0.currency = settings["currency"].text
            $0.vatRate = rate
            $0.pricesIncludeVAT = settings["prices_include_vat"] == 1
        }
        let rows = try await shop.get("country?limit=1000").json["countries"].elements
        let countries = Dictionary(
            rows.map { ($0["iso"].text, $0["country_id"]) }, uniquingKeysWith: { first, _ in first })
        let home = countries[settings["country"].text] ?? .null
        #expect(try await shop.put("shop", ["country_id": home, "settings": ["oss": settings["oss"]]]).status == 200)
        return VATShop(shop: shop, countries: countries)
    }

    func order(
        _ lines: [JSON], to iso: String, number: String, freight: JSON = .null, given: JSON = .null
    ) async throws -> JSON {
        var more = JSONObject([.init("del_country_id", countries[iso] ?? .null), .init("vat_number", .string(number))])
        if !given.isNull { more.append("shipping_price", given) }
        if !freight.isNull {
            more.append(
                "shipping_id", try await shop.post("shipping", ["name": "Post", "price": freight]).json["shipping_id"])
        }
        let reply = try await shop.order(lines, more)
        #expect(reply.status == 200, "\(reply.json)")
        return reply.json
    }
}
