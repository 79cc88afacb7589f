import Basics
import Resources

/// The calls of a token by day: bars for eyes, and the same as a table for everybody.
enum UsageChart {
    private static let days = 30
    private static let height = 80

    static func values(of token: Int64, in shop: ShopCall) async throws -> [String: Any] {
        let today = shop.page.now
        let from = Timestamp.utc(today.adding(seconds: Int64(1 - days) * 86_400)).prefix(10)
        let usage = try await shop.api("get_token_usage", [String(token)], query: [("from", String(from))])
        let known = Dictionary(usage["usage"].elements.map { ($0["day"].shown, $0) }) { first, _ in first }
        let rows = (0..<days).map { index in
            let day = String(Timestamp.utc(today.adding(seconds: Int64(index + 1 - days) * 86_400)).prefix(10))
            return (day: day, calls: count(known[day]?["calls"]), errors: count(known[day]?["errors"]))
        }
        let most = max(1, rows.map(\.calls).max() ?? 1)
        return [
            "bars": rows.enumerated().map { index, row -> [String: Any] in
                let (tall, red) = (scaled(row.calls, of: most), scaled(row.errors, of: most))
                return [
                    "x": String(index * 10 + 1), "y": String(height - tall), "height": String(tall),
                    "errorY": String(height - red), "errorHeight": String(red), "day": row.day,
                    "calls": String(row.calls),
                ]
            },
            "days": rows.filter { $0.calls > 0 }.reversed().map {
                ["day": $0.day, "calls": String($0.calls), "errors": String($0.errors)]
            },
            "routes": usage["routes"].elements.prefix(20).map(\.values),
            "hasUsage": rows.contains { $0.calls > 0 }, "most": String(most),
        ]
    }

    private static func count(_ value: JSON?) -> Int64 {
        guard case .number(let number)? = value else { return 0 }
        return number.integer?.int64 ?? 0
    }

    /// A call in a thousand is seen too.
    private static func scaled(_ count: Int64, of most: Int64) -> Int {
        count == 0 ? 0 : max(1, Int(Double(count) / Double(most) * Double(height)))
    }
}
