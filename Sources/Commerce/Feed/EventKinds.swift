package import Persistence
import Resources

/// Which events of a shop are wanted, and how they are found: an index has each kind (a type of a resource) in the order of
/// the feed, so that neither a page nor its total reads an event that is not wanted.
package struct EventKinds: Sendable {
    /// Rows counted for `total`.
    private static let countedMax: Int64 = 10_000

    let shop: Int64
    /// All types where there are none.
    let types: [String]
    let resource: String?
    /// Resources whose events may not be read.
    let hidden: [String]

    package init(shop: Int64, types: [String], resource: String?, hidden: [String]) {
        (self.shop, self.types, self.resource, self.hidden) = (shop, types, resource, hidden)
    }

    private var isEverything: Bool { types.isEmpty && resource == nil }

    /// Whether an event is wanted.
    func include(_ event: ToldEvent) -> Bool {
        (types.isEmpty || types.contains(event.type)) && (resource == nil || resource == event.resource)
            && !hidden.contains(event.resource)
    }

    /// The newest position of the shop, and the last that was ever given to an event of any shop.
    func newest(_ dialect: Dialect) -> SQL {
        let last: SQL =
            dialect.commitsInOrder
            ? "SELECT value FROM sequences WHERE name = 'events_seq'" : "SELECT last_value FROM event_positions_seq"
        return """
            SELECT (SELECT max(position) FROM events WHERE webshop_id = \(shop) AND position IS NOT NULL) AS newest,
            (\(last)) AS last
            """
    }

    /// The wanted kinds that the shop has: one look into the index for each resource, and for each kind.
    var wanted: SQL {
        let event: SQL = "FROM events e WHERE e.webshop_id = \(shop) AND e.position IS NOT NULL"
        let resources: SQL =
            if let resource {
                "SELECT \(resource)"
            } else {
                """
                SELECT min(e.resource) \(event)
                UNION ALL SELECT (SELECT min(e.resource) \(event) AND e.resource > r.resource) FROM r WHERE r.resource IS NOT NULL
                """
            }
        return """
            WITH RECURSIVE r(resource) AS (\(resources)), kinds(resource, type) AS (
                SELECT r.resource, (SELECT min(e.type) \(event) AND e.resource = r.resource) FROM r WHERE r.resource IS NOT NULL
                UNION ALL SELECT k.resource, (SELECT min(e.type) \(event) AND e.resource = k.resource AND e.type > k.type)
                FROM kinds k WHERE k.type IS NOT NULL)
            SELECT resource, type FROM kinds WHERE type IS NOT NULL\(typeCondition)\(hiddenCondition("resource"))
            """
    }

    private var typeCondition: SQL { types.isEmpty ? "" : " AND type IN (\(SQL.list(types)))" }

    private func hiddenCondition(_ column: String) -> SQL {
        hidden.isEmpty ? "" : " AND \(raw: column) NOT IN (\(SQL.list(hidden)))"
    }

    /// What is asked first: how far the feed goes, and which kinds there are.
    package func first(_ dialect: Dialect) -> [SQL] {
        isEverything ? [newest(dialect)] : [newest(dialect), wanted]
    }

    /// The positions of wanted events in a range, the earliest of them, from the kinds that `wanted` has found.
    private func positions(_ kinds: Rows, _ range: Range, atMost limit: Int64) throws -> SQL {
        let most: SQL = "LIMIT \(raw: String(limit))"
        if isEverything {
            return """
                SELECT e.position FROM events e WHERE e.webshop_id = \(shop) AND \(range.condition)\(hiddenCondition("e.resource"))
                ORDER BY e.position \(most)
                """
        }
        let each = try kinds.enumerated().map { index, kind -> SQL in
            let (resource, type): (String, String) = (try kind["resource"], try kind["type"])
            return """
                SELECT position FROM (SELECT e.position FROM events e WHERE e.webshop_id = \(shop) AND e.resource = \(resource)
                AND e.type = \(type) AND \(range.condition) ORDER BY e.position \(most)) AS \(raw: "k\(index)")
                """
        }
        return "SELECT position FROM (\(SQL.joined(each, by: " UNION ALL "))) AS found ORDER BY position \(most)"
    }

    /// A page of events, and how many there are in all, up to a limit.
    package func page(_ select: SQL, _ kinds: Rows, _ range: Range, atMost limit: Int64) throws -> [SQL] {
        [
            """
            \(select) JOIN (\(try positions(kinds, range, atMost: limit))) AS page ON page.position = e.position
            WHERE e.webshop_id = \(shop) AND e.position IS NOT NULL ORDER BY e.position
            """,
            "SELECT count(*) AS total FROM (\(try positions(kinds, range, atMost: Self.countedMax))) AS counted",
        ]
    }

    /// Whether there can be any, given what `first` has found.
    func canFind(_ kinds: Rows?) -> Bool { isEverything || kinds?.isEmpty == false }

    /// Behind one position, up to another that was read with the kinds: an event of a kind that came since stands later.
    package struct Range: Sendable {
        let after: Int64
        let newest: Int64

        package init(after: Int64, newest: Int64) {
            (self.after, self.newest) = (after, newest)
        }

        fileprivate var condition: SQL { "e.position > \(after) AND e.position <= \(newest)" }
    }
}
