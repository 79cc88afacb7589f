import Basics
import Persistence
import Resources

/// What an app has earned in a month, and whose that is: the platform keeps a fifth (seed 002, "Monthly price").
///
/// Each other shop that had it at any time of the month pays its whole price for that month once, however often it was installed:
/// what it was installed at, the highest of several.
enum AppPayout {
    static let endpoint = Endpoint(
        .get, "/REST/app/{app_id}/payout", .token(.all), "get_app_payout",
        """
        What an app of the shop's own has earned in a month. Every other shop that had it at any time of the month counts once and whole, \
        at the price it was installed at.
        """,
        Documentation(tag: "app", answer: schema), asks: Wish.self
    ) { wish, call, storage in
        let id = try call.id(of: "app")
        let month = wish.month ?? Month(of: call.now, in: call.tenant.zone)
        let (start, end) = month.bounds(in: call.tenant.zone)
        let answers = try await storage.fetch([
            "SELECT currency FROM apps WHERE webshop_id = \(call.tenant.webshopID) AND app_id = \(id)",
            """
            SELECT installs, total, total / 5 AS kept, total - total / 5 AS earned FROM (
            SELECT count(*) AS installs, CAST(coalesce(sum(price), 0) AS BIGINT) AS total FROM (
            SELECT max(monthly_price) AS price FROM app_installs WHERE app_id = \(id)
            AND webshop_id <> \(call.tenant.webshopID) AND installed < \(end)
            AND (removed_on IS NULL OR removed_on >= \(start)) GROUP BY webshop_id) prices) sums
            """,
        ])
        guard let app = answers[0].first, let sum = answers[1].first else { throw Problem.notFound("app") }
        return .json([
            "month": .string(month.text), "installs": .number(JSONNumber(try sum["installs"] as Int64)),
            "total": money(try sum["total"]), "platform_share": money(try sum["kept"]),
            "developer_share": money(try sum["earned"]),
            "currency": .string(try app["currency"]),
        ])
    }

    private struct Wish: Body {
        let month: Month?

        static let schema = BodySchema(
            Wish.init,
            Field("month", \.month, .about("`2026-03`, in the shop's time zone; this month where nothing is said.")))
    }

    private static func money(_ minor: Int64) -> JSON {
        var writer = JSONWriter(capacity: 24)
        writer.decimal(minor, places: 2)
        return .number(JSONNumber(text: writer.text))
    }

    private static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "required": ["month", "installs", "total", "platform_share", "developer_share", "currency"],
        "properties": [
            "month": ["type": "string"], "installs": ["type": "integer"], "total": ["type": "number"],
            "platform_share": ["type": "number"], "developer_share": ["type": "number"],
            "currency": ["type": "string"],
        ],
    ]
}
