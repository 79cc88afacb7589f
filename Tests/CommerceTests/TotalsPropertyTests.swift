import Commerce
import Resources
import Support
import Testing

/// Random carts against a computation of its own kind: exact fractions, rounded by doubling.
@Suite struct TotalsPropertyTests {
    private static let rates: [Int64] = [0, 1, 500, 600, 810, 1250, 1900, 2500, 10_000]

    private struct Cart {
        let lines: [Totals.Line]
        let shipping: Amount
        let includesVAT: Bool

        init(_ dice: inout Dice) {
            let sign: Int64 = dice.roll(0...9) == 0 ? -1 : 1
            let rates = (0..<dice.roll(1...3)).map { _ in dice.pick(TotalsPropertyTests.rates) }
            lines = (0..<dice.roll(1...20)).map { _ in
                Totals.Line(
                    unitPrice: Amount(dice.roll(0...1) == 0 ? dice.roll(0...20) : dice.roll(0...1_000_000)),
                    amount: sign * dice.roll(1...9), rate: Percentage(hundredths: dice.pick(rates)))
            }
            shipping = Amount(dice.roll(0...1) == 0 ? 0 : sign * dice.roll(0...10_000))
            includesVAT = dice.roll(0...1) == 0
        }

        func totals(_ lines: [Totals.Line]) throws -> Totals {
            try Totals(
                lines: lines, shipping: shipping, defaultRate: Percentage(hundredths: 2500),
                pricesIncludeVAT: includesVAT)
        }

        /// The VAT of a sum: (2 × |sum| × rate + divisor) ÷ (2 × divisor), cut off, is half away from zero.
        func vat(of sum: Int64, at rate: Int64) -> Int64 {
            let divisor = includesVAT ? 10_000 + rate : 10_000
            let size = (2 * sum.magnitude * rate.magnitude + divisor.magnitude) / (2 * divisor.magnitude)
            return sum < 0 ? -Int64(size) : Int64(size)
        }
    }

    @Test func `five thousand carts add up`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        for number in 0..<5000 {
            let cart = Cart(&dice)
            let totals = try cart.totals(cart.lines)
            try #require(Self.fault(in: totals, of: cart) == nil, "seed \(seed), cart \(number): \(cart)")
            let shuffled = try cart.totals(cart.lines.shuffled(using: &dice))
            let isSame =
                shuffled.goods == totals.goods && shuffled.vat == totals.vat && shuffled.total == totals.total
                && shuffled.shippingRate == totals.shippingRate
            try #require(isSame, "seed \(seed), cart \(number): the order of lines matters in \(cart)")
        }
    }

    private static func fault(in totals: Totals, of cart: Cart) -> String? {
        let goods = cart.lines.reduce(Int64(0)) { $0 + $1.unitPrice.minor * $1.amount }
        guard totals.goods.minor == goods else { return "goods" }
        let lineVATs = totals.lineVATs.map(\.minor)
        guard totals.vat.minor == lineVATs.reduce(totals.shippingVAT.minor, +) else { return "lines and freight" }
        let gross = goods + cart.shipping.minor + (cart.includesVAT ? 0 : totals.vat.minor)
        guard totals.total.minor == gross else { return "total" }
        var largest: [Int64: Int64] = [:]
        for rate in rates {
            let members = cart.lines.indices.filter { cart.lines[$0].rate.hundredths == rate }
            let own = members.reduce(Int64(0)) { $0 + cart.lines[$1].unitPrice.minor * cart.lines[$1].amount }
            if !members.isEmpty { largest[rate] = own }
            let carriesFreight = totals.shippingRate.hundredths == rate
            let sum = own + (carriesFreight ? cart.shipping.minor : 0)
            let shown = members.reduce(carriesFreight ? totals.shippingVAT.minor : 0) { $0 + lineVATs[$1] }
            guard shown == cart.vat(of: sum, at: rate) else { return "VAT of rate \(rate)" }
            for index in members {
                let line = cart.lines[index]
                let alone = cart.vat(of: line.unitPrice.minor * line.amount, at: rate)
                guard abs(lineVATs[index] - alone) <= 1 else { return "share of line \(index)" }
            }
        }
        let best = largest.max { ($0.value.magnitude, $0.key) < ($1.value.magnitude, $1.key) }
        return totals.shippingRate.hundredths == best?.key ? nil : "rate of freight"
    }
}
