package import Persistence
package import Resources
package import Secrets

/// Proves that what is stored adds up: each ledger equals its balance, each order its lines.
package struct Doctor: Sendable {
    /// One thing that does not add up.
    package struct Finding: Sendable, Equatable, CustomStringConvertible {
        package let check: String
        package let row: String

        package var description: String { "\(check): \(row)" }
    }

    private let checks: [Check]
    private let texts: TextChecks
    private let seals: SealChecks
    private let audit = AuditChecks()
    private let proofs: ProofChecks

    package init(_ areas: [Area]) {
        let stored = areas.flatMap { $0.resources + $0.others + $0.parts }.map { $0.info }
        checks = areas.flatMap(\.checks) + stored.filter(\.isShopOwned).map(Self.rule)
        texts = TextChecks(keyed: stored.filter { $0.fields.contains(where: \.isKey) })
        seals = SealChecks(columns: areas.flatMap(\.sealed))
        proofs = ProofChecks(infos: areas.flatMap(\.resources).map { $0.info }.filter(\.isFollowed))
    }

    /// How many checks there are, for the report.
    package var checkCount: Int {
        checks.count + TextChecks.count + SealChecks.count + AuditChecks.count + ProofChecks.count
    }

    /// Rows that break the rules of their fields, such as older versions let in from files.
    private static func rule(_ info: ResourceInfo) -> Check {
        let broken = info.fields.map { field in
            let column = field.column
            let condition =
                field.kind.isText
                ? "length(\(column)) > \(field.characters.upperBound)"
                : "\(column) < \(field.integers.lowerBound) OR \(column) > \(field.integers.upperBound)"
            return "WHEN \(condition) THEN '\(field.name)'"
        }.joined(separator: " ")
        return Check(
            "every value keeps the rules of its field", of: info.path,
            """
            SELECT webshop_id, key, field, 'shorter, or within its range' FROM (SELECT webshop_id,
            \(raw: info.fields[0].column) AS key, CASE \(raw: broken) END AS field FROM \(raw: info.table)) AS rows_of_it
            WHERE field IS NOT NULL ORDER BY 1, 2 LIMIT 100
            """)
    }

    /// Runs every check against one snapshot and answers what is wrong.
    /// - Parameter keys: what sealed values are opened with; without, nobody looks at them.
    package func examine(_ storage: any Storage, with keys: Keyring? = nil) async throws -> [Finding] {
        try await storage.read { db in
            let texts = try self.texts.findings(in: db)
            let seals = try keys.map { try self.seals.findings(with: $0, in: db) } ?? []
            return try texts + seals + audit.findings(in: db) + proofs.findings(in: db)
                + checks.flatMap { check in
                    try db.rows(check.query).map { row in
                        let values = row.values.map { value -> String in
                            switch value {
                            case .integer(let integer): "\(integer)"
                            case .text(let text): text
                            case .null: "null"
                            }
                        }
                        return Finding(
                            check: check.name,
                            row:
                                "shop \(values[0]), \(check.object) \(values[1]): stored \(values[2]), should be \(values[3])"
                        )
                    }
                }
        }
    }
}
