import Persistence
import Resources

/// Goes along the chain of each shop's audit and names the first row that is not as it was, or not where it was.
struct AuditChecks: Sendable {
    private static let perPage = 200
    static let count = 1

    func findings(in db: any Connection) throws -> [Doctor.Finding] {
        let heads = try db.rows(
            """
            SELECT s.webshop_id, h.place, h.hash FROM (SELECT webshop_id FROM audit_heads UNION
            SELECT webshop_id FROM webshops UNION SELECT \(Audit.platform) AS webshop_id) AS s
            LEFT JOIN audit_heads h ON h.webshop_id = s.webshop_id ORDER BY s.webshop_id
            """)
        return try heads.compactMap { row in
            let shop: Int64 = try row["webshop_id"]
            let end: AuditHead =
                if let place: Int64 = try row["place"] { AuditHead(place: place, hash: try row["hash"]) } else {
                    .start
                }
            return try Self.fault(of: shop, endingAt: end, in: db).map {
                Doctor.Finding(check: "the audit is as it was written", row: "shop \(shop), \($0)")
            }
        }
    }

    /// What is wrong first with a chain. It is read a page at a time, so that memory does not grow with it.
    private static func fault(of shop: Int64, endingAt end: AuditHead, in db: any Connection) throws -> String? {
        var head = AuditHead.start
        var count = perPage
        while count == perPage {
            let rows = try db.rows(
                """
                SELECT \(raw: AuditLink.columns), place, hash FROM audit WHERE webshop_id = \(shop) AND place > \(head.place)
                ORDER BY place LIMIT \(perPage)
                """)
            count = rows.count
            for row in rows {
                let link = try AuditLink(row, behind: head)
                if let fault = try fault(of: row, link) { return fault }
                head = AuditHead(link)
            }
        }
        return head == end ? nil : fault(of: head, endingAt: end)
    }

    private static func fault(of row: Row, _ link: AuditLink) throws -> String? {
        let place: Int64 = try row["place"]
        if place != link.place { return "audit \(link.id): the row before it, \(link.place) of the chain, is missing" }
        let hash: String? = try row["hash"]
        return hash == link.hash ? nil : "audit \(link.id): row \(place) of the chain is not as it was written"
    }

    private static func fault(of head: AuditHead, endingAt end: AuditHead) -> String {
        if head.place < end.place {
            "audit: row \(head.place + 1) of the chain is missing, with all behind it; there were \(end.place)"
        } else if head.place > end.place {
            "audit: there are \(head.place) rows in the chain, and its end was written for \(end.place)"
        } else {
            "audit: row \(head.place) of the chain is not the one that its end was written for"
        }
    }
}
