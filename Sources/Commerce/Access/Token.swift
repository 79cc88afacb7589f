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
    package var useBy: Instant?

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
        Field("use_by", \.useBy, .hidden),
        also: [
            .computed(
                "usage_today", .integer,
                """
                coalesce((SELECT u.calls FROM token_usage u WHERE u.webshop_id = tokens.webshop_id
                AND u.token_id = tokens.token_id AND u.day =
                (SELECT max(t.day) FROM token_usage t WHERE t.webshop_id = tokens.webshop_id)), 0)
                """, born: .integer(0))
        ],
        verbs: [.list, .read, .update, .delete], level: .all, audited: true,
        about: "Keys to the shop. The text of a token is in the answer that makes it and nowhere else.")

    package static func prepare(_ new: inout Token, replacing old: Token?, in tx: Transaction) throws {
        var faults: [Problem.FieldError] = []
        if let old, old.accessLevel != new.accessLevel {
            faults.append(
                .init("/access_level", "fixed", "is given to a token when it is made; make another with this level"))
        }
        for (index, origin) in try new.origins.texts.enumerated() where !WebOrigin.isOne(origin) {
            faults.append(.init("/origins/\(index)", "origin", "must be like https://shop.example"))
        }
        for (index, range) in try new.ipList.texts.enumerated() where AddressRange(range) == nil {
            faults.append(.init("/ip_list/\(index)", "address", "must be an address or a network such as 10.0.0.0/8"))
        }
        if !faults.isEmpty { throw Problem.invalid(faults) }
    }
}
