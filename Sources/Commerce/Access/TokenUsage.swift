import Basics
import Persistence
import Resources

/// What a token was used for: how often, where, and each single call (CONTRACT 8, "Access"). Also of one that is revoked.
enum TokenUsage {
    static let endpoints = [usage, calls]

    private static let routesMax = 500

    private static let usage = Endpoint(
        .get, "/REST/token/{token_id}/usage", .token(.all), "get_token_usage",
        """
        Calls of a token per day, newest first, and per address, most called first. `errors` are those answered with 400 or \
        more; what was refused for the token's limits counts as no call.
        """,
        Documentation(tag: "token", answer: usageSchema), asks: UsageWish.self
    ) { wish, call, storage in
        let id = try call.id(of: "token")
        let days = wish.days(at: call.now)
        let owned: SQL = "webshop_id = \(call.tenant.webshopID) AND token_id = \(id)"
        let answers = try await storage.fetch([
            "SELECT token_id FROM tokens WHERE \(owned)",
            """
            SELECT day, calls, errors FROM token_usage WHERE \(owned) AND day BETWEEN \(days.first) AND \(days.last)
            ORDER BY day DESC
            """,
            """
            SELECT method, route, CAST(sum(calls) AS BIGINT) AS calls FROM token_routes
            WHERE \(owned) AND day BETWEEN \(days.first) AND \(days.last)
            GROUP BY method, route ORDER BY 3 DESC, 2, 1 LIMIT \(routesMax)
            """,
        ])
        guard !answers[0].isEmpty else { throw Problem.notFound("token") }
        return .json([
            "token_id": .number(JSONNumber(id)), "usage": .array(try answers[1].map(day)),
            "routes": .array(try answers[2].map(route)),
        ])
    }

    private static func day(_ row: Row) throws -> JSON {
        [
            "day": .string(UsageDay(try row["day"]).text), "calls": .number(JSONNumber(try row["calls"] as Int64)),
            "errors": .number(JSONNumber(try row["errors"] as Int64)),
        ]
    }

    private static func route(_ row: Row) throws -> JSON {
        [
            "method": .string(try row["method"]), "route": .string(try row["route"]),
            "calls": .number(JSONNumber(try row["calls"] as Int64)),
        ]
    }

    private static let usageSchema: JSON = [
        "type": "object", "required": ["token_id", "usage", "routes"], "additionalProperties": false,
        "properties": [
            "token_id": ["type": "integer"],
            "usage": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["day", "calls", "errors"], "additionalProperties": false,
                    "properties": [
                        "day": ["type": "string", "format": "date"], "calls": ["type": "integer"],
                        "errors": ["type": "integer"],
                    ],
                ],
            ],
            "routes": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["method", "route", "calls"], "additionalProperties": false,
                    "properties": [
                        "method": ["type": "string"], "route": ["type": "string"], "calls": ["type": "integer"],
                    ],
                ],
            ],
        ],
    ]

    // MARK: Calls

    private static let calls = Endpoint(
        .get, "/REST/token/{token_id}/calls", .token(.all), "list_token_calls",
        """
        Each call of a token, the latest first, kept 90 days; of those refused for its limits one a second. `route` is empty \
        where the address was none of the API's.
        """,
        Documentation(tag: "token", answer: callsSchema), asks: CallsWish.self
    ) { wish, call, storage in
        let id = try call.id(of: "token")
        let owned: SQL = "webshop_id = \(call.tenant.webshopID) AND token_id = \(id)"
        let found = SQL.joined([owned] + wish.conditions(storage.dialect), by: " AND ")
        let skipped: SQL = wish.page.offset == 0 ? "" : " OFFSET \(wish.page.offset)"
        let answers = try await storage.fetch([
            "SELECT token_id FROM tokens WHERE \(owned)",
            """
            SELECT created, call_id, method, route, path, status, ip, user_agent, microseconds, request_id
            FROM token_calls WHERE \(found) ORDER BY created DESC, call_id DESC
            LIMIT \(raw: String(wish.page.limit + 1))\(skipped)
            """,
        ])
        guard !answers[0].isEmpty else { throw Problem.notFound("token") }
        return Answer(body: try page(answers[1], wish.page, call.tenant))
    }

    private static func page(_ found: Rows, _ page: PageWish, _ tenant: Tenant) throws -> [UInt8] {
        let count = min(found.count, page.limit)
        var writer = JSONWriter(capacity: 256 + found.bytes.count * 2)
        writer.raw(#"{"paging":{"offset":"# as StaticString)
        writer.integer(Int64(page.offset))
        writer.raw(#","limit":"# as StaticString)
        writer.integer(Int64(page.limit))
        writer.raw(#","count":"# as StaticString)
        writer.integer(Int64(count))
        if found.count > count, let last = found.prefix(count).last {
            writer.raw(#","next":"# as StaticString)
            writer.string(CallCursor(began: try last["created"], call: try last["call_id"]).text)
        }
        writer.raw(#"},"calls":["# as StaticString)
        for (place, row) in found.prefix(count).enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            try writer.call(row, tenant)
        }
        writer.raw("]}" as StaticString)
        return writer.bytes
    }

    private static let callsSchema: JSON = [
        "type": "object", "required": ["paging", "calls"], "additionalProperties": false,
        "properties": [
            "paging": [
                "type": "object", "required": ["offset", "limit", "count"], "additionalProperties": false,
                "properties": [
                    "offset": ["type": "integer"], "limit": ["type": "integer"], "count": ["type": "integer"],
                    "next": ["type": "string"],
                ],
                "description": "No total: a busy token has millions.",
            ],
            "calls": [
                "type": "array",
                "items": [
                    "type": "object",
                    "required": [
                        "created", "method", "route", "path", "status", "ip", "user_agent", "ms", "request_id",
                    ],
                    "additionalProperties": false,
                    "properties": [
                        "created": ["type": "string"], "method": ["type": "string"], "route": ["type": "string"],
                        "path": ["type": "string", "description": "As it was asked for, without its query."],
                        "status": ["type": "integer"], "ip": ["type": "string"], "user_agent": ["type": "string"],
                        "ms": ["type": "number", "description": "Until the answer was made, in thousandths."],
                        "request_id": ["type": "string"],
                    ],
                ],
            ],
        ],
    ]
}

extension JSONWriter {
    fileprivate mutating func call(_ row: Row, _ tenant: Tenant) throws {
        raw(#"{"created":"# as StaticString)
        timestamp(try row["created"], zone: tenant.zone)
        for column in ["method", "route", "path"] as [StaticString] { try text(column, of: row) }
        raw(#","status":"# as StaticString)
        integer(try row["status"])
        for column in ["ip", "user_agent"] as [StaticString] { try text(column, of: row) }
        raw(#","ms":"# as StaticString)
        decimal(try row["microseconds"], places: 3)
        try text("request_id", of: row)
        raw("}" as StaticString)
    }

    private mutating func text(_ column: StaticString, of row: Row) throws {
        raw(",\"" as StaticString)
        raw(column)
        raw("\":" as StaticString)
        string(try row[column] as String)
    }
}
