import Persistence
import Resources

/// Looks at every row that is followed, and compares with the proof that was kept up meanwhile.
struct ProofChecks: Sendable {
    static let count = 1

    let infos: [ResourceInfo]

    func findings(in db: any Connection) throws -> [Doctor.Finding] {
        let kept = try db.rows(
            "SELECT webshop_id, resource FROM feed_proofs WHERE is_whole = 1 ORDER BY webshop_id, resource")
        let names = try kept.map { (shop: try $0["webshop_id"] as Int64, resource: try $0["resource"] as String) }
        var findings: [Doctor.Finding] = []
        for (shop, rows) in Dictionary(grouping: names, by: \.shop).sorted(by: { $0.key < $1.key }) {
            let changes = try FeedProof.changes(of: shop, in: db)
            for info in infos where rows.contains(where: { $0.resource == info.name }) {
                let counted = try FeedProof.counted(info, of: shop, in: db)
                guard let stored = changes[info.name], stored != counted else { continue }
                let words =
                    "stored \(stored.count) rows of sum \(stored.sum), should be \(counted.count) of \(counted.sum)"
                findings.append(
                    .init(check: "the feed's proof is that of the rows", row: "shop \(shop), \(info.name): \(words)"))
            }
        }
        return findings
    }
}
