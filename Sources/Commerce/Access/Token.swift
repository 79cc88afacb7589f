package import Basics
import Persistence
package import Resources

/// A key to one shop, with a level and limits. The secret itself is shown once and never stored.
package struct Token: Resource {
    package var id: Identifier<Token>
    package var name: String
    package var accessLevel: Level
    package var prefix: String
    package var lastFour: String
    package var dailyLimit: Int64?
    package var burst: Int64
    package var origins: JSONText
    package var ipList: JSONText
    package var lastUsed: Instant?
    package var expires: Instant?
    package var isOAuth: Bool

    package enum Level: String, Choice {
        case read, write, all
    }

    /// Calls a token may make at once, refilled at half that a second; and calls a day (CONTRACT 4).
    package static let burstDefault: Int64 = 40
    package static let dailyLimitDefault: Int64 = 10_000

    package static let schema = Schema(
        "token", "tokens", Token.init,
        Field("token_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255)),
        Field("access_level", \.accessLevel, .required),
        Field("prefix", \.prefix, .readOnly),
        Field("last_four", \.lastFour, .readOnly),
        Field(
            "daily_limit", \.dailyLimit, .initially(.integer(dailyLimitDefault)), .range(0...1_000_000_000),
            .about("Calls a day; null is unlimited.")),
        Field("burst", \.burst, .initially(.integer(burstDefault)), .range(1...100_000)),
        Field("origins", \.origins, .shape(.texts)),
        Field("ip_list", \.ipList, .shape(.texts)),
        Field("last_used", \.lastUsed, .readOnly),
        Field("expires", \.expires),
        Field("is_oauth", \.isOAuth, .readOnly),
        also: [
            .computed(
                "usage_today", .integer,
                """
                coalesce((SELECT u.calls FROM token_usage u WHERE u.webshop_id = tokens.webshop_id
                AND u.token_id = tokens.token_id AND u.day =
                (SELECT max(t.day) FROM token_usage t WHERE t.webshop_id = tokens.webshop_id)), 0)
                """, born: .integer(0))
        ],
        verbs: [.list, .read, .delete], level: .all,
        about: "Keys to the shop. The text of a token is in the answer that makes it and nowhere else.")

    package static let endpoints: [Endpoint] = [create, usage]

    /// What makes a token.
    private struct Wanted: Body {
        let token: FieldsOf<Token>
        let format: TokenText.Format

        static let schema = BodySchema(
            Wanted.init, Field(\.token),
            Field("format", \.format, .initially(.text("butik")), .about("How its text looks.")))
    }

    private static let create = Endpoint(
        .post, "/REST/token", .token(.all), "create_token",
        "Makes a token. Its text is shown in this answer only; a dry run makes none and shows null.",
        Documentation(tag: "token", answer: ["type": "object"]), takes: Wanted.self
    ) { wanted, _, tx in
        let text = TokenText(.personal, format: wanted.format)
        var token = try wanted.token.value(try tx.newID(Token.self), in: tx)
        (token.prefix, token.lastFour) = (text.prefix, text.lastFour)
        let written = try issue(token, as: text, in: tx)
        var answer = written.answer
        answer.isSecret = true
        // What is undone was never issued, and nobody may take it for a key.
        let shown = tx.isDryRun ? "null" : "\"\(text.text)\""
        answer.body = written.json.dropLast() + Array(",\"token\":\(shown)}".utf8)
        return answer
    }

    private static let usage = Endpoint(
        .get, "/REST/token/{token_id}/usage", .token(.all), "get_token_usage",
        "Calls of a token per day, newest first.",
        Documentation(
            tag: "token",
            answer: [
                "type": "object", "required": ["token_id", "usage"],
                "properties": [
                    "token_id": ["type": "integer"],
                    "usage": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": ["day": ["type": "string"], "calls": ["type": "integer"]],
                        ],
                    ],
                ],
            ]),
        .read { call, storage in
            let id = try call.id(of: "token")
            let answers = try await storage.fetch([
                "SELECT token_id FROM tokens WHERE webshop_id = \(call.tenant.webshopID) AND token_id = \(id)",
                """
                SELECT day, calls FROM token_usage WHERE webshop_id = \(call.tenant.webshopID) AND token_id = \(id)
                ORDER BY day DESC LIMIT 90
                """,
            ])
            guard answers[0].first != nil else { throw Problem.notFound("token") }
            let days = try answers[1].map { row -> JSON in
                let date = Timestamp.date(try row["day"])
                let day = "\(date.year)-\(padded(date.month))-\(padded(date.day))"
                return ["day": .string(day), "calls": .number(JSONNumber(try row["calls"] as Int64))]
            }
            return .json(["token_id": .number(JSONNumber(id)), "usage": .array(days)])
        })

    private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
