package import Basics
import Persistence

/// One call that was made with a token.
package struct TokenCall: Sendable {
    package let shop: Int64
    package let token: Int64
    package let began: Instant
    package let method: String
    /// The address as it is documented: `/REST/product/{product_id}`; empty where there is none.
    package let route: String
    /// The address that was asked for, without its query.
    package let path: String
    package let status: Int
    package let address: String
    package let userAgent: String
    package let microseconds: Int64
    package let requestID: String

    /// What is kept of a path and of a client's name, in characters.
    private static let pathMax = 500
    private static let userAgentMax = 256

    package init(
        shop: Int64, token: Int64, began: Instant, method: String, route: String, path: Substring, status: Int,
        address: String, userAgent: String, microseconds: Int64, requestID: String
    ) {
        (self.shop, self.token, self.began) = (shop, token, began)
        (self.method, self.route, self.status) = (method, route, status)
        self.path = Self.kept(path, Self.pathMax)
        self.address = address
        self.userAgent = Self.kept(userAgent[...], Self.userAgentMax)
        self.microseconds = microseconds
        self.requestID = requestID
    }

    /// Its beginning, without what no text of a database may have.
    private static func kept(_ text: Substring, _ most: Int) -> String {
        let short = text.utf8.count <= most ? text : text.prefix(most)
        guard short.utf8.contains(0) else { return String(short) }
        return String(short.filter { $0 != "\0" })
    }

    /// Whether it was refused for the token's limits, and so was none of the calls that are counted.
    var isRefused: Bool { status == 429 }

    var isError: Bool { status >= 400 }

    static let insertion = Insertion(
        """
        INSERT INTO token_calls (webshop_id, token_id, created, call_id, method, route, path, status, is_error, ip,
        user_agent, microseconds, request_id) VALUES
        """, width: 13)

    func record(_ id: Int64) -> [SQLValue] {
        [
            .integer(shop), .integer(token), began.sqlValue, .integer(id), .text(method), .text(route), .text(path),
            .integer(Int64(status)), .integer(isError ? 1 : 0), .text(address), .text(userAgent),
            .integer(microseconds), .text(requestID),
        ]
    }
}
