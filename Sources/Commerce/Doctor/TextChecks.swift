import Basics
import Persistence
import Resources

/// Finds stored texts that no rule would let in now, by the rules themselves: SQL does not know them.
struct TextChecks: Sendable {
    /// What has keys.
    let keyed: [ResourceInfo]

    private static let perPage = 5000
    static let count = 3

    func findings(in db: any Connection) throws -> [Doctor.Finding] {
        let shops = try db.rows("SELECT webshop_id FROM webshops WHERE removed_on IS NULL ORDER BY webshop_id")
        let renamed = try RenamedKey.all(of: keyed, in: db).map {
            Doctor.Finding(check: "no two rows had one key", row: $0.description)
        }
        return try renamed
            + shops.integers("webshop_id").flatMap { try keys(of: $0, db) + Self.redirects(of: $0, db) }
    }

    /// What the upkeep of keys could not change, or has not changed yet.
    private func keys(of shop: Int64, _ db: any Connection) throws -> [Doctor.Finding] {
        try keyed.flatMap { info in
            try Self.inPages(db, by: "id") {
                StoredKey.page(info, of: shop, after: $0, atMost: Self.perPage)
            } finding: { rows in
                try StoredKey.found(in: rows, info).map { key in
                    let place = "shop \(shop), \(info.path) \(key.id)"
                    return Doctor.Finding(
                        check: "keys are composed and without blanks at their ends",
                        row: "\(place): \(key.field.name) is \(JSON.string(key.was).serialized)")
                }
            }
        }
    }

    /// Redirects from before there were rules for where they lead.
    private static func redirects(of shop: Int64, _ db: any Connection) throws -> [Doctor.Finding] {
        try Self.inPages(db, by: "redirect_id") { last in
            """
            SELECT redirect_id, from_path, to_path FROM redirects WHERE webshop_id = \(shop) AND removed_on IS NULL
            AND redirect_id > \(last) ORDER BY redirect_id LIMIT \(raw: String(Self.perPage))
            """
        } finding: { rows in
            try rows.compactMap { row in
                let places: [String] = [try row["from_path"], try row["to_path"]]
                guard let fault = places.compactMap(Place.fault).first else { return nil }
                let shown = places.map { JSON.string($0).serialized }.joined(separator: " to ")
                return Doctor.Finding(
                    check: "redirects lead to a path or to a host of the web",
                    row: "shop \(shop), redirect \(try row["redirect_id"] as Int64): \(shown) \(fault)")
            }
        }
    }

    /// Reads rows in the order of their ids page by page, so that memory does not grow with them.
    private static func inPages(
        _ db: any Connection, by id: StaticString, _ statement: (Int64) -> SQL,
        finding: (Rows) throws -> [Doctor.Finding]
    ) throws -> [Doctor.Finding] {
        var findings: [Doctor.Finding] = []
        var last: Int64? = 0
        while let after = last {
            let rows = try db.rows(statement(after))
            last = rows.count == Self.perPage ? try rows.last.map { try $0[id] } : nil
            findings += try finding(rows)
        }
        return findings
    }
}
