import Basics
import Persistence
import Resources

/// What a product shows of its sale, kept in its own row for the time to come, so that reading it asks nothing and a sale
/// that begins by the clock is right without a write.
enum ProductReductions {
    /// Works out what new prices mean for the members that show reductions. Asks the history only where there is a sale.
    static func settle(_ drafts: inout [Draft<Product>], in tx: Transaction) throws {
        var open: [Int] = []
        for index in drafts.indices where drafts[index].hasNewPrices {
            (drafts[index].new.lowestPrice30Days, drafts[index].new.reductionSince) = (nil, nil)
            if drafts[index].new.salePrice != nil, drafts[index].new.isPriced { open.append(index) }
        }
        // Nearly always that is enough: of a sale that runs on, the row knows what came before.
        for start in [PriceSeries.horizon(of: tx.now), Instant(milliseconds: 0)] where !open.isEmpty {
            let known = try PriceHistory.settings(
                of: open.compactMap { drafts[$0].old?.id.rawValue }, since: start, in: tx)
            open = try open.filter { index in
                let before = known[drafts[index].new.id.rawValue] ?? []
                return try !settle(&drafts[index], before, isWhole: start.milliseconds == 0, in: tx)
            }
        }
    }

    /// - Parameters:
    ///   - before: what was set for it, of the last 30 days at least.
    ///   - isWhole: whether that is all there ever was.
    /// - Returns: whether it was enough.
    private static func settle(
        _ draft: inout Draft<Product>, _ before: [PriceSeries.Setting], isWhole: Bool, in tx: Transaction
    ) throws -> Bool {
        let now = max(tx.now, before.last?.began ?? tx.now)
        let series = PriceSeries(before + [.init(began: now, try Pricing(draft.new, for: tx.tenant))])
        let running = draft.old?.reduction(at: now).flatMap { $0.since < now ? $0 : nil }
        var steps: [(from: Instant, reduction: PriceSeries.Reduction?)] = []
        for step in series.steps.dropFirst(series.place(at: now) ?? 0) {
            let moment = max(step.began, now)
            var reduction = series.reduction(at: moment)
            if let found = reduction, found.since < now, !isWhole {
                // It runs on, and was worked out when it began.
                guard let running else { return false }
                reduction = running
            }
            steps.append((moment, reduction))
        }
        draft.new.reductionSince = Timeline(steps.map { ($0.from, $0.reduction?.since) })
        draft.new.lowestPrice30Days = Timeline(steps.map { ($0.from, $0.reduction?.lowest) })
        return true
    }
}

extension Product {
    /// The sale that runs at a moment, as the row has it.
    fileprivate func reduction(at moment: Instant) -> PriceSeries.Reduction? {
        reductionSince?.value(at: moment).map { .init(since: $0, lowest: lowestPrice30Days?.value(at: moment)) }
    }
}

extension Draft<Product> {
    /// Whether it may cost something else than before.
    var hasNewPrices: Bool { new.prices != old?.prices ?? Product.noPrices }
}

extension Product {
    /// All that says what it costs.
    fileprivate var prices: [SQLValue] {
        [
            price.sqlValue, salePrice.sqlValue, saleFrom.sqlValue, saleTo.sqlValue, bulkDiscountOver.sqlValue,
            bulkDiscount.sqlValue, discountIntervals.sqlValue, groupPrices.sqlValue, isPriced.sqlValue,
        ]
    }

    /// Those of a product of which none was said.
    fileprivate static let noPrices: [SQLValue] = [
        Amount.zero.sqlValue, .null, .null, .null, .null, .null, JSONText.emptyList.sqlValue,
        JSONText.emptyList.sqlValue, false.sqlValue,
    ]
}
