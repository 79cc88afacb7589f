import Basics
import Persistence
import Resources
import Support
import Testing

/// Whatever is set and when, what is shown is what somebody finds who looks at every hour there has been.
@Suite struct PriceHistoryPropertyTests {
    /// What was set at an hour. Nil is not set.
    private struct Setting {
        var price: Int64? = 10
        var sale: Int64?
        var from: Int64?
        var to: Int64?
        var group: Int64?
        var variantPrice: Int64?
        var variantSale: Int64?
    }

    /// Who buys what.
    private struct Buyer: CaseIterable {
        let isVariant: Bool
        let isStaff: Bool
        static let allCases = [false, true].flatMap { variant in
            [false, true].map { Buyer(isVariant: variant, isStaff: $0) }
        }
    }

    /// Everything that was set, and what follows from it hour by hour.
    private struct Model {
        var log: [(hour: Int64, set: Setting)] = [(0, Setting())]

        func prices(_ hour: Int64, _ buyer: Buyer) -> (paid: Int64?, regular: Int64?) {
            guard let set = log.last(where: { $0.hour <= hour })?.set else { return (nil, nil) }
            let own = buyer.isVariant ? set.variantPrice : nil
            guard var regular = own ?? set.price else { return (nil, nil) }
            if buyer.isStaff, own == nil || own == set.price, let group = set.group { regular = min(regular, group) }
            let sale = !buyer.isVariant ? set.sale : own == nil ? set.variantSale ?? set.sale : set.variantSale
            let runs = (set.from ?? 0) <= hour && hour < (set.to ?? .max)
            return (runs ? min(regular, sale ?? regular) : regular, regular)
        }

        func isReduced(_ hour: Int64, _ buyer: Buyer) -> Bool {
            let (paid, regular) = prices(hour, buyer)
            if let paid, let regular { return paid < regular }
            return false
        }

        func reduction(_ hour: Int64, _ buyer: Buyer) -> (since: Int64, lowest: Int64?)? {
            guard isReduced(hour, buyer) else { return nil }
            var since = hour
            while since > 0, isReduced(since - 1, buyer),
                prices(since - 1, buyer).paid ?? -1 >= prices(since, buyer).paid ?? 0
            {
                since -= 1
            }
            return (since, (max(since - 720, 0)..<max(since, 0)).compactMap { prices($0, buyer).paid }.min())
        }

        /// What was paid, from the latest change to the first.
        func history(_ hour: Int64, _ buyer: Buyer) -> [[JSON]] {
            var rows: [[JSON]] = []
            for hour in 0...hour {
                let (paid, regular) = prices(hour, buyer)
                let row: [JSON] = [paid.map { .number($0) } ?? .null, regular.map { .number($0) } ?? .null]
                if rows.last.map({ Array($0.prefix(2)) }) != row { rows.append(row + [.number(hour)]) }
            }
            return rows.reversed()
        }
    }

    /// A product with a variant, and somebody of the staff.
    private struct Stand {
        let server: TestServer
        let shop: TestShop
        let product: Int64
        let variant: Int64
        let staff: Int64
        let start: Instant

        init() async throws {
            server = try await TestServer()
            shop = try await TestShop.open(on: server) { $0.timeZone = "UTC" }
            start = server.clock.now
            let shirt = try await Wardrobe.open(in: shop).shirt(["M"], ["price": 10])
            product = shirt["product_id"].integer
            variant = shirt["variants"][0]["variant_id"].integer
            let person: JSON = ["name": "Ann", "customer_group": "Staff"]
            staff = try await shop.post("customer", person).json["customer_id"].integer
        }

        func hour(_ moment: JSON) -> Int64? {
            Timestamp.parse(moment.text, zone: .utc).map { ($0.seconds - start.seconds) / 3600 }
        }

        func write(_ set: Setting) async throws {
            func number(_ value: Int64?) -> JSON { value.map { .number($0) } ?? .null }
            func moment(_ hour: Int64?) -> JSON {
                hour.map { .string(Timestamp.utc(start.adding(seconds: $0 * 3600))) } ?? .null
            }
            let reply = try await shop.put(
                "product/\(product)",
                [
                    "price": number(set.price), "sale_price": number(set.sale), "sale_from": moment(set.from),
                    "sale_to": moment(set.to),
                    "group_prices": set.group.map { [["group": "Staff", "price": .number($0)]] } ?? [],
                    "stock_settings": [
                        [
                            "variant_id": .number(variant), "price": number(set.variantPrice),
                            "sale_price": number(set.variantSale),
                        ]
                    ],
                ])
            #expect(reply.status == 200, "\(reply.text)")
        }

        func check(_ model: Model, _ hour: Int64) async throws {
            func expect(_ json: JSON, _ buyer: Buyer) {
                let wanted = model.reduction(hour, buyer)
                #expect(self.hour(json["reduction_since"]) == wanted?.since, "\(hour) \(buyer)")
                #expect(
                    json["lowest_price_30_days"] == (wanted?.lowest.map { .number($0) } ?? .null), "\(hour) \(buyer)")
            }
            expect(try await shop.get("product/\(product)").json, Buyer(isVariant: false, isStaff: false))
            for buyer in Buyer.allCases {
                let query =
                    (buyer.isVariant ? "variant_id=\(variant)&" : "") + (buyer.isStaff ? "customer_id=\(staff)" : "")
                let shown = try await shop.get("product/\(product)/price?\(query)").json
                expect(shown, buyer)
                if let paid = model.prices(hour, buyer).paid { #expect(shown["unit_price"] == .number(paid)) }
            }
        }

        func checkHistory(_ model: Model, _ hour: Int64) async throws {
            for buyer in Buyer.allCases {
                let unit = buyer.isVariant ? "variant_id=\(variant)" : "variant_id[null]=1"
                let group = buyer.isStaff ? "customer_group=Staff" : "customer_group[null]=1"
                let shown = try await shop.get("product/\(product)/price-history?limit=1000&\(unit)&\(group)").json
                let rows = shown["price_history"].elements.map { row -> [JSON] in
                    [row["price"], row["regular_price"], self.hour(row["began"]).map { .number($0) } ?? .null]
                }
                #expect(rows == model.history(hour, buyer), "\(buyer)")
            }
        }
    }

    private static func change(_ set: inout Setting, _ hour: Int64, _ dice: inout Dice) {
        switch dice.roll(0...8) {
        case 0: set.price = dice.roll(0...9) == 0 ? nil : dice.roll(5...20)
        case 1: set.price = dice.roll(5...20)
        case 2, 3: set.sale = dice.roll(0...3) == 0 ? nil : dice.roll(2...20)
        case 4: (set.from, set.to) = (nil, nil)
        case 5:
            let from = max(hour + dice.roll(-200...400), 0)
            (set.from, set.to) = (from, dice.roll(0...2) == 0 ? nil : from + dice.roll(1...600))
        case 6: set.group = dice.roll(0...2) == 0 ? nil : dice.roll(2...20)
        case 7: set.variantPrice = dice.roll(0...2) == 0 ? nil : dice.roll(5...20)
        default: set.variantSale = dice.roll(0...2) == 0 ? nil : dice.roll(2...20)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what is shown is what a look at every hour finds`(_ seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let stand = try await Stand()
        var model = Model()
        var hour: Int64 = 0
        for _ in 0..<40 {
            if dice.roll(0...4) > 0 {
                let hours = dice.roll(0...1) == 0 ? dice.roll(1...48) : dice.roll(1...500)
                hour += hours
                stand.server.clock.advance(seconds: hours * 3600)
            }
            if dice.roll(0...3) > 0, var set = model.log.last?.set {
                Self.change(&set, hour, &dice)
                try await stand.write(set)
                model.log.append((hour, set))
            }
            try await stand.check(model, hour)
        }
        try await stand.checkHistory(model, hour)
        await stand.server.stop()
    }
}
