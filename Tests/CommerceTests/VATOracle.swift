import Basics
import Resources
import Support

/// What an order must come to, worked out in a way of its own: by rate, with fractions that are rounded by doubling.
struct VATOracle {
    /// Standard rates in hundredths of a percent; nil outside the EU.
    private static let countries: [String: Int64?] = [
        "DK": 2500, "DE": 1900, "SE": 2500, "FI": 2550, "LU": 1700, "GR": 2400, "NO": nil, "US": nil, "FO": nil,
    ]
    private static let numbers = [
        "": "", "DE136695976": "DE", "EL094259216": "GR", "SE556036079301": "SE", "DK12345674": "DK", "XX1": "",
    ]

    struct Settings {
        let country: String
        let rate: Int64
        let includesVAT: Bool
        let oss: Bool

        init(_ dice: inout Dice) {
            country = dice.pick(["DK", "DK", "DE", "GR", "NO"])
            rate = dice.pick([0, 810, 1900, 2400, 2500])
            includesVAT = dice.roll(0...1) == 0
            oss = dice.roll(0...1) == 0
        }

        var json: JSON {
            [
                "country": .string(country), "currency": "EUR", "vat": .string(VATOracle.text(rate)),
                "prices_include_vat": includesVAT ? 1 : 0, "oss": oss ? 1 : 0,
            ]
        }
    }

    struct Item {
        let price: Int64
        let amount: Int64
        let rate: Int64?
        let isGiven: Bool
    }

    struct Cart {
        let items: [Item]
        let freight: Int64
        let destination: String
        let number: String

        init(_ dice: inout Dice) {
            items = (0..<dice.roll(1...4)).map { _ in
                Item(
                    price: dice.roll(0...1) == 0 ? dice.roll(0...50) : dice.roll(0...1_000_000),
                    amount: dice.roll(1...9),
                    rate: dice.pick([nil, nil, 0, 600, 1234]), isGiven: dice.roll(0...4) == 0)
            }
            freight = dice.roll(0...5000)
            destination = dice.pick(VATOracle.countries.keys.sorted())
            number = dice.pick(VATOracle.numbers.keys.sorted())
        }
    }

    private let settings: Settings
    private let cart: Cart
    private let isExport: Bool
    private let isReverse: Bool
    private let isOSS: Bool

    init(_ settings: Settings, _ cart: Cart) {
        func isEU(_ country: String) -> Bool { (Self.countries[country] ?? nil) != nil }
        let leaves = cart.destination != settings.country
        let business = Self.numbers[cart.number] ?? ""
        let isWithin = isEU(settings.country) && isEU(cart.destination)
        isExport = leaves && !isWithin
        isReverse = leaves && isWithin && isEU(business) && business != settings.country
        isOSS = leaves && isWithin && !isReverse && settings.oss
        (self.settings, self.cart) = (settings, cart)
    }

    private func rate(_ item: Item) -> Int64 {
        if isExport || isReverse { return 0 }
        return isOSS ? (Self.countries[cart.destination] ?? nil) ?? -1 : item.rate ?? settings.rate
    }

    private func net(_ gross: Int64, _ rate: Int64) -> Int64 {
        guard isExport || isReverse, settings.includesVAT else { return gross }
        return (2 * gross * 10_000 + 10_000 + rate) / (2 * (10_000 + rate))
    }

    private static func main(_ sums: [Int64: Int64]) -> Int64 {
        sums.sorted { $0.value == $1.value ? $0.key > $1.key : $0.value > $1.value }.first?.key ?? -1
    }

    /// What an order does not agree in; nil where it agrees in everything.
    func fault(in order: JSON) -> String? {
        var (sums, atHome, shown): ([Int64: Int64], [Int64: Int64], [Int64: Int64]) = ([:], [:], [:])
        var goods: Int64 = 0
        for (item, line) in zip(cart.items, order["products"].elements) {
            let unit = item.isGiven ? item.price : net(item.price, item.rate ?? settings.rate)
            guard Self.minor(line["unit_price"]) == unit else { return "a unit costs \(unit)" }
            guard Self.minor(line["vat_rate"]) == rate(item) else { return "a line carries \(rate(item))" }
            guard Self.minor(line["total"]) == unit * item.amount else {
                return "a line comes to \(unit * item.amount)"
            }
            goods += unit * item.amount
            sums[rate(item), default: 0] += unit * item.amount
            atHome[item.rate ?? settings.rate, default: 0] += item.price * item.amount
            shown[rate(item), default: 0] += Self.minor(line["vat"])
        }
        let freight = net(cart.freight, Self.main(atHome))
        let carrier = Self.main(sums)
        guard Self.minor(order["shipping_price"]) == freight else { return "freight costs \(freight)" }
        guard Self.minor(order["shipping_vat_rate"]) == carrier else { return "freight carries \(carrier)" }
        sums[carrier, default: 0] += freight
        shown[carrier, default: 0] += Self.minor(order["shipping_vat"])
        var vat: Int64 = 0
        for (rate, sum) in sums {
            let divisor = settings.includesVAT ? 10_000 + rate : 10_000
            let due = (2 * sum * rate + divisor) / (2 * divisor)
            guard shown[rate] == due else { return "the VAT of \(rate) is \(due)" }
            vat += due
        }
        guard Self.minor(order["vat"]) == vat else { return "VAT is \(vat)" }
        let total = goods + freight + (settings.includesVAT ? 0 : vat)
        guard Self.minor(order["total_price"]) == total else { return "the total is \(total)" }
        guard order["export"] == (isExport ? 1 : 0) else { return "export" }
        return order["reverse_charge"] == (isReverse ? 1 : 0) ? nil : "reverse charge"
    }

    private static func minor(_ json: JSON) -> Int64 { Decimals.scaled(json.digits.utf8, places: 2)?.int64 ?? .min }

    static func text(_ hundredths: Int64) -> String {
        let cents = hundredths % 100
        return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    static func decimal(_ hundredths: Int64) -> JSON { .number(JSONNumber(text: text(hundredths))) }
}
