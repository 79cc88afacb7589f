package import Basics
package import Persistence

/// How the work of all shops stands, for whoever looks after the server.
package struct QueueReport: Sendable {
    /// A kind of work.
    package struct Kind: Sendable {
        package let name: String
        package let inLine: Int64
        /// Those whose time has come.
        package let due: Int64
        package let underWay: Int64
        /// Those whose last try went wrong.
        package let failing: Int64
    }

    /// A piece of work whose last try went wrong.
    package struct Failing: Sendable {
        package let kind: String
        package let shop: Int64
        package let subject: Int64
        package let tries: Int64
        package let due: Instant
        package let error: String
    }

    package let kinds: [Kind]
    /// Those that are tried again first, at most fifty.
    package let failing: [Failing]

    private static let failingMax = 50

    package init(in db: any Connection, now: Instant) throws {
        kinds = try db.rows(
            """
            SELECT kind, count(*) AS in_line, sum(CASE WHEN due <= \(now) THEN 1 ELSE 0 END) AS due_now,
            sum(CASE WHEN worker IS NULL THEN 0 ELSE 1 END) AS under_way,
            sum(CASE WHEN error IS NULL THEN 0 ELSE 1 END) AS failing FROM queue GROUP BY kind ORDER BY kind
            """
        ).map {
            Kind(
                name: try $0["kind"], inLine: try $0["in_line"], due: try $0["due_now"], underWay: try $0["under_way"],
                failing: try $0["failing"])
        }
        failing = try db.rows(
            """
            SELECT kind, webshop_id, subject, attempts, due, error FROM queue WHERE error IS NOT NULL
            ORDER BY due LIMIT \(Self.failingMax)
            """
        ).map {
            Failing(
                kind: try $0["kind"], shop: try $0["webshop_id"], subject: try $0["subject"], tries: try $0["attempts"],
                due: try $0["due"], error: try $0["error"])
        }
    }
}
