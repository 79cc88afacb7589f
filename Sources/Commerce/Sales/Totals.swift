package import Resources

/// The sums of an order. Pure arithmetic on minor units, no floating point, every step checked.
///
/// VAT as in EN 16931: per rate the line totals are summed and the VAT of that sum is rounded once, half away from zero;
/// the order's VAT is the sum over the rates. A line's shown VAT is its share by largest remainder, so that lines add up.
package struct Totals: Equatable, Sendable {
    /// What is sold, at which price and rate.
    package struct Line: Equatable, Sendable {
        package let unitPrice: Amount
        package let amount: Int64
        package let rate: Percentage

        package init(unitPrice: Amount, amount: Int64, rate: Percentage) {
            self.unitPrice = unitPrice
            self.amount = amount
            self.rate = rate
        }
    }

    /// An order whose sums would not fit.
    package struct TooLarge: Error, Equatable {}

    /// 10^13 minor units (reliability bar, money rules).
    package static let max: Int64 = 10_000_000_000_000
    /// What any sum of an order can be; what is credited is below zero.
    package static let range = -max...max

    package let lineTotals: [Amount]
    package let lineVATs: [Amount]
    package let shippingVAT: Amount
    package let shippingRate: Percentage
    /// The goods, in the shop's price mode.
    package let goods: Amount
    package let vat: Amount
    /// Goods, freight and VAT: what is to be paid.
    package let total: Amount

    /// - Parameters:
    ///   - shipping: freight in the shop's price mode. It carries the rate with the largest share of the goods; ties take
    ///     the higher.
    ///   - defaultRate: the rate of freight when there are no goods worth anything.
    package init(
        lines: [Line], shipping: Amount, defaultRate: Percentage, pricesIncludeVAT: Bool
    ) throws(TooLarge) {
        var lineTotals: [Amount] = []
        var goods: Int64 = 0
        for line in lines {
            let (product, overflowed) = line.unitPrice.minor.multipliedReportingOverflow(by: line.amount)
            guard !overflowed, product.magnitude <= Totals.max.magnitude else { throw TooLarge() }
            lineTotals.append(Amount(product))
            goods += product
            guard goods.magnitude <= Totals.max.magnitude else { throw TooLarge() }
        }
        guard shipping.minor.magnitude <= Totals.max.magnitude else { throw TooLarge() }
        let shippingRate = Totals.mainRate(of: lines) ?? defaultRate

        let shares =
            zip(lines, lineTotals).map { Share(rate: $0.rate, amount: $1.minor) }
            + [Share(rate: shippingRate, amount: shipping.minor)]
        let vats = Totals.distribute(shares, pricesIncludeVAT: pricesIncludeVAT)
        let vat = vats.reduce(0, +)
        let gross = goods + shipping.minor + (pricesIncludeVAT ? 0 : vat)
        guard gross.magnitude <= Totals.max.magnitude else { throw TooLarge() }

        self.lineTotals = lineTotals
        lineVATs = vats.dropLast().map { Amount($0) }
        shippingVAT = Amount(vats.last ?? 0)
        self.shippingRate = shippingRate
        self.goods = Amount(goods)
        self.vat = Amount(vat)
        total = Amount(gross)
    }

    private struct Share {
        let rate: Percentage
        let amount: Int64
    }

    /// The rate with the largest share of the goods; ties take the higher.
    static func mainRate(of lines: [Line]) -> Percentage? {
        var sums: [Percentage: Int128] = [:]
        for line in lines {
            sums[line.rate, default: 0] += Int128(line.unitPrice.minor) * Int128(line.amount)
        }
        return sums.max { ($0.value.magnitude, $0.key) < ($1.value.magnitude, $1.key) }?.key
    }

    /// A price without the VAT that is in it, rounded half away from zero.
    static func net(_ price: Amount, of rate: Percentage) -> Amount {
        Amount(Int64(clamping: rounded(Int128(price.minor) * 10_000, by: 10_000 + Int128(rate.hundredths))))
    }

    /// The VAT of every share: rounded once per rate, then given out by largest remainder, ties to the first.
    private static func distribute(_ shares: [Share], pricesIncludeVAT: Bool) -> [Int64] {
        var vats = [Int64](repeating: 0, count: shares.count)
        for rate in Set(shares.map(\.rate)) {
            let members = shares.indices.filter { shares[$0].rate == rate }
            let sum = members.reduce(Int128(0)) { $0 + Int128(shares[$1].amount) }
            let divisor: Int128 = pricesIncludeVAT ? 10_000 + Int128(rate.hundredths) : 10_000
            let total = rounded(sum * Int128(rate.hundredths), by: divisor)
            var rest = total
            var remainders: [(index: Int, remainder: Int128)] = []
            for index in members {
                let (quotient, remainder) = floored(Int128(shares[index].amount) * Int128(rate.hundredths), by: divisor)
                vats[index] = Int64(clamping: quotient)
                rest -= quotient
                remainders.append((index, remainder))
            }
            let order = remainders.sorted { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
            for (index, _) in order.prefix(Int(clamping: rest)) { vats[index] += 1 }
        }
        return vats
    }

    /// Half away from zero.
    private static func rounded(_ number: Int128, by divisor: Int128) -> Int128 {
        let half = divisor / 2 + divisor % 2
        let (quotient, remainder) = number.magnitude.quotientAndRemainder(dividingBy: divisor.magnitude)
        let size = Int128(quotient) + (Int128(remainder) >= half ? 1 : 0)
        return number < 0 ? -size : size
    }

    private static func floored(_ number: Int128, by divisor: Int128) -> (quotient: Int128, remainder: Int128) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
