import Persistence

/// How often some calls went which way, and how many went wrong, to be added to what was counted before.
struct CallCounts {
    private struct Day: Hashable {
        let shop: Int64
        let token: Int64
        let day: Int64
    }

    private struct Route: Hashable {
        let day: Day
        let method: String
        let route: String
    }

    private static let routeInsertion = Insertion(
        "INSERT INTO token_routes (webshop_id, token_id, day, method, route, calls) VALUES", width: 6,
        """
        ON CONFLICT (webshop_id, token_id, day, method, route)
        DO UPDATE SET calls = token_routes.calls + excluded.calls
        """)
    private static let errorInsertion = Insertion(
        "INSERT INTO token_usage (webshop_id, token_id, day, calls, errors) VALUES", width: 5,
        "ON CONFLICT (webshop_id, token_id, day) DO UPDATE SET errors = token_usage.errors + excluded.errors")

    private var byRoute: [Route: Int64] = [:]
    private var wrong: [Day: Int64] = [:]

    init(_ calls: [TokenCall]) {
        for call in calls where !call.isRefused {
            let day = Day(shop: call.shop, token: call.token, day: call.began.day)
            byRoute[Route(day: day, method: call.method, route: call.route), default: 0] += 1
            if call.isError { wrong[day, default: 0] += 1 }
        }
    }

    /// The rows in an order that is the same everywhere, so that two processes do not wait for each other's.
    var statements: [SQL] {
        let routes = byRoute.sorted {
            ($0.key.day.token, $0.key.day.day, $0.key.method, $0.key.route)
                < ($1.key.day.token, $1.key.day.day, $1.key.method, $1.key.route)
        }
        let days = wrong.sorted { ($0.key.token, $0.key.day) < ($1.key.token, $1.key.day) }
        return Self.routeInsertion.statements(
            routes.map { route, calls in
                let day = route.day
                return [
                    .integer(day.shop), .integer(day.token), .integer(day.day), .text(route.method), .text(route.route),
                    .integer(calls),
                ]
            })
            + Self.errorInsertion.statements(
                days.map { day, errors in
                    [.integer(day.shop), .integer(day.token), .integer(day.day), .integer(0), .integer(errors)]
                })
    }
}
