import Commerce
import Resources
import Support
import Testing

/// The money rules (I5), to the minor unit.
@Suite struct TotalsTests {
    private static func totals(
        _ lines: [(price: Int64, amount: Int64, rate: Int64)], shipping: Int64 = 0, includingVAT: Bool = true
    ) throws -> Totals {
        try Totals(
            lines: lines.map {
                .init(unitPrice: Amount($0.price), amount: $0.amount, rate: Percentage(hundredths: $0.rate))
            }, shipping: Amount(shipping), defaultRate: Percentage(hundredths: 2500), pricesIncludeVAT: includingVAT)
    }

    @Test func `three of 33,33 carry the VAT of 99,99`() throws {
        let one = try Self.totals([(3333, 3, 2500)])
        #expect(one.goods == Amount(9999))
        #expect(one.vat == Amount(2000))
        #expect(one.total == Amount(9999))
        let three = try Self.totals([(3333, 1, 2500), (3333, 1, 2500), (3333, 1, 2500)])
        #expect(three.vat == Amount(2000))
        #expect(three.lineVATs == [Amount(667), Amount(667), Amount(666)])
    }

    @Test func `99,99 with 25 percent inside is 79,99 and 20,00`() throws {
        let totals = try Self.totals([(9999, 1, 2500)])
        #expect(totals.vat == Amount(2000))
        #expect(totals.goods.minor - totals.vat.minor == 7999)
    }

    @Test func `one minor unit carries no VAT, and half a unit is rounded away from zero`() throws {
        #expect(try Self.totals([(1, 1, 2500)]).vat == Amount(0))
        #expect(try Self.totals([(1, 1, 2500)], includingVAT: false).vat == Amount(0))
        #expect(try Self.totals([(2, 1, 2500)], includingVAT: false).vat == Amount(1))
        #expect(try Self.totals([(2, -1, 2500)], includingVAT: false).vat == Amount(-1))
    }

    @Test func `two rates are rounded each for itself`() throws {
        let totals = try Self.totals([(10000, 1, 2500), (5000, 2, 0)])
        #expect(totals.vat == Amount(2000))
        #expect(totals.lineVATs == [Amount(2000), Amount(0)])
        let three = try Self.totals([(2, 1, 2500), (5, 1, 1000), (4, 1, 1250)], includingVAT: false)
        #expect(three.lineVATs == [Amount(1), Amount(1), Amount(1)])
    }

    @Test func `twelve and a half percent`() throws {
        #expect(try Self.totals([(11250, 1, 1250)]).vat == Amount(1250))
        #expect(try Self.totals([(10000, 1, 1250)], includingVAT: false).vat == Amount(1250))
    }

    @Test func `a currency without decimals is whole units`() throws {
        #expect(try Self.totals([(1000, 1, 1000)]).vat == Amount(91))
        #expect(try Self.totals([(999, 1, 1000)], includingVAT: false).total == Amount(1099))
    }

    @Test func `prices without VAT get it on top`() throws {
        let totals = try Self.totals([(9999, 1, 2500)], shipping: 4000, includingVAT: false)
        #expect(totals.goods == Amount(9999))
        #expect(totals.vat == Amount(3500))
        #expect(totals.total == Amount(17499))
    }

    @Test func `freight carries the rate with the largest share, and the higher of two equals`() throws {
        let mostlyFree = try Self.totals([(10000, 1, 2500), (10001, 1, 0)], shipping: 5000)
        #expect(mostlyFree.shippingRate == Percentage(hundredths: 0))
        #expect(mostlyFree.shippingVAT == Amount(0))
        let tied = try Self.totals([(10000, 1, 0), (10000, 1, 2500), (5000, 2, 1200)], shipping: 5000)
        #expect(tied.shippingRate == Percentage(hundredths: 2500))
        #expect(tied.shippingVAT == Amount(1000))
        #expect(tied.vat.minor == tied.lineVATs.reduce(1000) { $0 + $1.minor })
    }

    @Test func `goods for nothing still have freight`() throws {
        let totals = try Self.totals([(0, 3, 600)], shipping: 5000)
        #expect(totals.goods == .zero)
        #expect(totals.total == Amount(5000))
        #expect(totals.shippingRate == Percentage(hundredths: 600))
    }

    @Test func `what does not fit is too large`() throws {
        #expect(throws: Totals.TooLarge.self) { try Self.totals([(Totals.max + 1, 1, 2500)]) }
        #expect(throws: Totals.TooLarge.self) { try Self.totals([(Totals.max, 1, 0), (1, 1, 0)]) }
        #expect(throws: Totals.TooLarge.self) { try Self.totals([(Totals.max, 1, 1)], includingVAT: false) }
        #expect(try Self.totals([(Totals.max, 1, 2500)]).total == Amount(Totals.max))
    }

    @Test func `extreme values are refused and never crash`() {
        let extremes: [Int64] = [.min, .min + 1, -Totals.max, -1, 0, 1, Totals.max, Totals.max + 1, .max - 1, .max]
        var fitting = 0
        for price in extremes {
            for amount in extremes {
                for shipping in extremes {
                    for includes in [true, false] {
                        let lines = [(price: price, amount: amount, rate: Int64(10_000)), (price, amount, 0)]
                        guard let totals = try? Self.totals(lines, shipping: shipping, includingVAT: includes)
                        else { continue }
                        fitting += 1
                        #expect(totals.total.minor.magnitude <= Totals.max.magnitude)
                    }
                }
            }
        }
        #expect(fitting > 0)
    }
}
