import Basics
import Persistence
import Resources

/// A price that could be paid by somebody for a product or for a variant.
struct PriceHistoryEntry {
    /// 0 for the product itself.
    let variant: Int64
    /// Of customers, empty for everybody.
    let group: String
    let step: PriceSeries.Step
    /// Nil where it holds now.
    let ended: Instant?
    /// Who set what it came from, as it is shown; nil where nobody knows.
    let actor: String?

    /// Every price that has held so far and is wished for, latest first.
    /// - Parameter rows: of one product and its variants, ordered by variant and moment.
    static func all(of rows: [PriceHistoryRow], _ wish: PriceHistoryWish, at now: Instant) -> [PriceHistoryEntry] {
        let units = Dictionary(grouping: rows, by: \.variant)
        let its = units[0] ?? []
        let groups = wish.group.map { [$0] } ?? groups(of: its)
        let found = units.keys.flatMap { unit -> [PriceHistoryEntry] in
            let own = units[unit] ?? []
            guard wish.wants(unit, hasOwnPrices: own.contains { $0.price ?? $0.salePrice != nil }) else { return [] }
            let settings = unit == 0 ? its.settings : own.settings(over: its)
            let everybody = PriceSeries(settings)
            let special = groups.map { ($0, PriceSeries(settings, group: $0)) }
            // A group that pays what everybody pays is listed where it is asked for.
            let listed = wish.group == nil ? [("", everybody)] + special.filter { $0.1 != everybody } : special
            let set = (unit == 0 ? its : (its + own).sorted { $0.began < $1.began })[...]
            return listed.flatMap { group, series in entries(of: series, set, unit, group, wish, now) }
        }
        return found.map { (PriceHistoryCursor($0), $0) }.sorted { $0.0.isBefore($1.0) }.map(\.1)
    }

    private static func groups(of product: [PriceHistoryRow]) -> [String] {
        Set(exact: product.flatMap(\.pricing.groupPrices).map(\.group)).texts
    }

    /// - Parameter set: what was set of the unit, in the order of its moments.
    private static func entries(
        of series: PriceSeries, _ set: ArraySlice<PriceHistoryRow>, _ unit: Int64, _ group: String,
        _ wish: PriceHistoryWish, _ now: Instant
    ) -> [PriceHistoryEntry] {
        let steps = series.steps.prefix { $0.began <= now }
        var rest = set
        var actor: String?
        return zip(steps, steps.dropFirst().map { Optional($0.began) } + [nil]).compactMap { step, ended in
            while let row = rest.first, row.began <= step.began { (actor, rest) = (row.actor, rest.dropFirst()) }
            if let ended, let since = wish.since, ended <= since { return nil }
            return PriceHistoryEntry(variant: unit, group: group, step: step, ended: ended, actor: actor)
        }
    }
}
