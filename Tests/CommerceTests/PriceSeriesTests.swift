import Basics
import Commerce
import Persistence
import Resources
import Support
import Testing

/// The prior price of article 6a of directive 98/6/EC, of prices in days.
@Suite struct PriceSeriesTests {
    private static let day: Int64 = 86_400

    private static func at(_ day: Int64) -> Instant { Instant(seconds: 1_772_366_400 + day * Self.day) }

    /// A price that was set on a day, with a sale between two.
    private static func set(
        _ day: Int64, _ price: Int64, sale: Int64? = nil, from: Int64? = nil, to: Int64? = nil
    ) -> PriceSeries.Setting {
        var pricing = Pricing(price: Amount(price))
        pricing.sale = sale.map(Amount.init)
        (pricing.saleFrom, pricing.saleTo) = (from.map(at), to.map(at))
        return .init(began: at(day), pricing)
    }

    private static func reduction(_ day: Int64, _ settings: [PriceSeries.Setting]) -> [Int64?] {
        let found = PriceSeries(settings).reduction(at: at(day))
        return [found.map { ($0.since.seconds - at(0).seconds) / Self.day }, found?.lowest?.minor]
    }

    @Test func `a reduction shows the lowest price of the 30 days before it began, not before today`() {
        let settings = [Self.set(0, 80), Self.set(40, 100), Self.set(60, 100, sale: 90)]
        #expect(Self.reduction(60, settings) == [60, 80])
        #expect(Self.reduction(100, settings) == [60, 80])
        #expect(Self.reduction(59, settings) == [nil, nil])
        let later = [Self.set(0, 80), Self.set(40, 100), Self.set(70, 100, sale: 90)]
        #expect(Self.reduction(70, later) == [70, 100])
        let lastDay = [Self.set(0, 80), Self.set(40, 100), Self.set(69, 100, sale: 90)]
        #expect(Self.reduction(69, lastDay) == [69, 80])
    }

    @Test func `raising the price shortly before a sale does not help`() {
        let settings = [Self.set(0, 100), Self.set(58, 200), Self.set(60, 200, sale: 120)]
        #expect(Self.reduction(61, settings) == [60, 100])
        let meanwhile = [Self.set(0, 100), Self.set(60, 100, sale: 90), Self.set(61, 500, sale: 90)]
        #expect(Self.reduction(62, meanwhile) == [60, 100])
    }

    @Test
    func
        `a reduction that is increased step by step keeps the price before the first, one that is taken back does not`()
    {
        let deeper = [Self.set(0, 100), Self.set(60, 100, sale: 80), Self.set(65, 100, sale: 60)]
        #expect(Self.reduction(64, deeper) == [60, 100])
        #expect(Self.reduction(65, deeper) == [60, 100])
        let dearer = deeper + [Self.set(70, 100, sale: 75)]
        #expect(Self.reduction(70, dearer) == [70, 60])
        #expect(Self.reduction(72, dearer + [Self.set(72, 100, sale: 50)]) == [70, 60])
        let paused = deeper + [Self.set(70, 100), Self.set(71, 100, sale: 50)]
        #expect(Self.reduction(71, paused) == [71, 60])
    }

    @Test func `a sale begins and ends by the clock`() {
        let settings = [Self.set(0, 100, sale: 70, from: 10, to: 20)]
        #expect(
            [9, 10, 19, 20].map { Self.reduction($0, settings) } == [[nil, nil], [10, 100], [10, 100], [nil, nil]])
        let steps = PriceSeries(settings).steps
        #expect(steps.map(\.began) == [0, 10, 20].map(Self.at))
        #expect(steps.map(\.price?.minor) == [100, 70, 100])
        #expect(steps.map(\.regular?.minor) == [100, 100, 100])
        let again = settings + [Self.set(15, 100, sale: 60, from: 18)]
        #expect(Self.reduction(16, again) == [nil, nil])
        #expect(Self.reduction(18, again) == [18, 70])
    }

    @Test func `what was sold for less than 30 days has the lowest of those, and what was not sold before has none`() {
        #expect(Self.reduction(7, [Self.set(5, 90), Self.set(6, 100), Self.set(7, 100, sale: 50)]) == [7, 90])
        #expect(Self.reduction(5, [Self.set(5, 100, sale: 50)]) == [5, nil])
        var unpriced = Pricing(price: .zero)
        unpriced.isPriced = false
        let withdrawn = [Self.set(0, 100), .init(began: Self.at(1), unpriced), Self.set(60, 100, sale: 50)]
        #expect(Self.reduction(60, withdrawn) == [60, nil])
        #expect(PriceSeries(withdrawn).steps.map(\.price?.minor) == [100, nil, 50])
    }

    @Test func `a sale price that is not below the price is no reduction, nor one for a group that pays less anyway`() {
        #expect(Self.reduction(1, [Self.set(0, 100), Self.set(1, 100, sale: 100)]) == [nil, nil])
        var pricing = Pricing(price: Amount(100))
        pricing.sale = Amount(90)
        pricing.groupPrices = [.init(from: 1, .price(Amount(80)), group: "Staff")]
        let settings = [PriceSeries.Setting(began: Self.at(0), pricing)]
        #expect(PriceSeries(settings, group: "Staff").reduction(at: Self.at(1)) == nil)
        #expect(PriceSeries(settings, group: "Others").reduction(at: Self.at(1)) != nil)
    }

    @Test func `of two prices that were set at one moment the last counts`() {
        let steps = PriceSeries([Self.set(0, 100), Self.set(1, 1), Self.set(1, 90)]).steps
        #expect(steps.map(\.price?.minor) == [100, 90])
        #expect(PriceSeries([Self.set(0, 100), Self.set(1, 100)]).steps.count == 1)
    }
}
