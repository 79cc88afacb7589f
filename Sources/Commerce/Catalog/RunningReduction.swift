import Basics
import Persistence
import Resources

extension PriceHistory {
    /// How far back is looked first, in days: a sale of two months and the 30 days before it.
    private static let daysFirst: Int64 = 90

    /// The sale that runs for a customer now, of a product or of one of its variants. Asks the history only where one does, and
    /// further back only where it began long ago.
    /// - Parameter pricing: what holds now.
    static func reduction(
        of product: Int64, _ variant: Int64?, _ pricing: Pricing, _ group: String, _ call: Call,
        _ storage: any Storage
    ) async throws -> PriceSeries.Reduction? {
        let now = PriceSeries([.init(began: call.now, pricing)], group: group)
        guard now.reduction(at: call.now) != nil else { return nil }
        var days = daysFirst
        while true {
            let start = call.now.adding(seconds: -days * 86_400)
            let rows = try await storage.fetch(
                [0, variant].compactMap { $0 }.map { statement(of: product, $0, since: start, call.tenant.webshopID) }
            ).map { try $0.map { try PriceHistoryRow($0, for: call.tenant) } }
            let its = rows.first ?? []
            let settings = variant == nil ? its.settings : rows.last?.settings(over: its) ?? []
            let found = PriceSeries(settings, group: group).reduction(at: call.now)
            guard let found, PriceSeries.horizon(of: found.since) < start,
                settings.first.map({ $0.began < start }) == true
            else { return found }
            days *= 4
        }
    }
}
