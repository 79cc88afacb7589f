import Basics
import Commerce
import Resources

/// Who changed what in a shop, and how it was before.
enum AuditPages {
    static let all = [list]

    private static let filters = ["resource", "resource_id", "action"]

    private static let list = Endpoint(
        shopPage: .get, "/admin/audit", .user, "audit_page", "What was done in a shop, the newest first."
    ) { shop in
        var query = [("limit", "50"), ("sort", "-audit_id")]
        for name in filters + ["after"] where !shop.page.text(name).isEmpty {
            query.append((name, shop.page.text(name)))
        }
        let found = try await shop.api("list_audit", query: query)
        var values: [String: Any] = [
            "rows": found["audit"].elements.map { row -> [String: Any] in
                let actor = row["actor"]
                return row.values.merging([
                    "who": actor["name"].shown, "kind": actor["type"].shown, "changes": changes(row),
                ]) { $1 }
            },
            "hasNone": found["audit"].elements.isEmpty,
        ]
        for name in filters { values[name] = shop.page.text(name) }
        let next = found["paging"]["next"].shown
        if !next.isEmpty { values["next"] = next }
        return try shop.page("audit", values)
    }

    /// The members that are not as they were.
    private static func changes(_ row: JSON) -> [[String: String]] {
        let (before, after) = (row["before"], row["after"])
        let names = before.names + after.names.filter { !before.names.contains($0) }
        return names.filter { before[$0].shown != after[$0].shown }.map { name in
            ["field": name, "before": before[name].shown, "after": after[name].shown]
        }
    }
}

extension JSON {
    /// The names of an object's members, in order.
    fileprivate var names: [String] {
        if case .object(let object) = self { object.members.map(\.name) } else { [] }
    }
}
