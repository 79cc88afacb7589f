/// What the products cost: the least, the most, and how many lie in each step between round prices.
package struct PriceFacet: Sendable {
    /// From `from` on and below `to`.
    package struct Bucket: Sendable, Equatable {
        package let from: Int64
        package let to: Int64
        package let count: Int
    }

    private static let bucketsWanted: Int64 = 8

    package let least: Int64?
    package let most: Int64?
    package let buckets: [Bucket]

    /// - Parameters:
    ///   - prices: in minor units, not below zero.
    ///   - unit: a whole unit of the currency, the least step.
    init(_ prices: [Int64], unit: Int64) {
        least = prices.min()
        most = prices.max()
        guard let least, let most else {
            buckets = []
            return
        }
        let step = max(unit, Self.step(over: most - least))
        let first = least / step
        var counts = [Int](repeating: 0, count: Int(most / step - first) + 1)
        for price in prices { counts[Int(price / step - first)] += 1 }
        buckets = counts.enumerated().filter { $0.element > 0 }.map { place, count in
            let from = (first + Int64(place)) * step
            return Bucket(from: from, to: from + step, count: count)
        }
    }

    /// 1, 2 or 5 with zeros behind it, so that a few steps go from end to end.
    private static func step(over range: Int64) -> Int64 {
        let least = range / bucketsWanted + 1
        var power: Int64 = 1
        while power < least / 10 { power *= 10 }
        for factor: Int64 in [1, 2, 5, 10, 20, 50] where power * factor >= least { return power * factor }
        return power * 100
    }
}
