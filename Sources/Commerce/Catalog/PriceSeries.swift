package import Basics
import Persistence
package import Resources

/// What somebody pays for one unit, from moment to moment: made of what was set, and of what follows from that by the clock
/// when a sale begins or ends.
package struct PriceSeries: Sendable, Equatable {
    /// What was set, and from when on.
    package struct Setting: Sendable {
        package let began: Instant
        package let pricing: Pricing

        package init(began: Instant, _ pricing: Pricing) {
            self.began = began
            self.pricing = pricing
        }
    }

    /// What holds from a moment to that of the next step.
    package struct Step: Sendable, Equatable {
        package let began: Instant
        /// What is paid; nil where there is no price.
        package let price: Amount?
        /// What would be paid without the sale.
        package let regular: Amount?

        /// Whether the sale makes it cheaper.
        package var isReduced: Bool { price < regular }
    }

    /// A sale that runs.
    package struct Reduction: Sendable, Equatable {
        package let since: Instant
        /// The least that was paid in the 30 days before; nil where it was not sold then.
        package let lowest: Amount?
    }

    private static let daysBefore: Int64 = 30

    package private(set) var steps: [Step] = []

    /// - Parameters:
    ///   - settings: in the order of their moments. Of several with one moment the last counts.
    ///   - group: of customers, empty for everybody.
    package init(_ settings: [Setting], group: String = "") {
        let ends = settings.dropFirst().map { Optional($0.began) } + [nil]
        for (setting, end) in zip(settings, ends) where end.map({ setting.began < $0 }) ?? true {
            let edges = [setting.pricing.saleFrom, setting.pricing.saleTo].compactMap { $0 }
                .filter { edge in setting.began < edge && end.map { edge < $0 } ?? true }
            for moment in [setting.began] + edges.sorted() { add(setting.pricing, group, at: moment) }
        }
    }

    private mutating func add(_ pricing: Pricing, _ group: String, at moment: Instant) {
        var regular = pricing
        regular.sale = nil
        func paid(_ pricing: Pricing) -> Amount? {
            pricing.isPriced ? pricing.unit(1, group: group, at: moment).price : nil
        }
        let step = Step(began: moment, price: paid(pricing), regular: paid(regular))
        if let last = steps.last, (last.price, last.regular) == (step.price, step.regular) { return }
        steps.append(step)
    }

    /// The step that holds at a moment.
    package func place(at moment: Instant) -> Int? { steps.lastIndex { $0.began <= moment } }

    /// The sale that runs at a moment, by article 6a of directive 98/6/EC: the prior price is the lowest of the 30 days before
    /// the reduction was applied. Where it is increased step by step without a break the first of them counts (6a (5)); where
    /// the price rises meanwhile, a reduction begins anew, so that nothing is gained by it. What was sold for less than 30 days
    /// has the lowest of those (6a (4)).
    package func reduction(at moment: Instant) -> Reduction? {
        guard var place = place(at: moment), steps[place].isReduced else { return nil }
        while place > 0, steps[place - 1].isReduced, steps[place] <= steps[place - 1] { place -= 1 }
        let since = steps[place].began
        return Reduction(since: since, lowest: lowest(before: since))
    }

    private func lowest(before moment: Instant) -> Amount? {
        let first = Self.horizon(of: moment)
        return zip(steps, steps.dropFirst()).filter { $0.began < moment && $1.began > first }.compactMap { $0.0.price }
            .min()
    }

    /// The first moment whose price counts for a reduction that begins at another.
    package static func horizon(of moment: Instant) -> Instant { moment.adding(seconds: -daysBefore * 86_400) }
}

extension PriceSeries.Step {
    /// Whether what is paid is no more.
    fileprivate static func <= (left: Self, right: Self) -> Bool {
        guard let left = left.price, let right = right.price else { return false }
        return left <= right
    }
}

/// No price is not less than any, nor more.
private func < (left: Amount?, right: Amount?) -> Bool {
    guard let left, let right else { return false }
    return left < right
}
