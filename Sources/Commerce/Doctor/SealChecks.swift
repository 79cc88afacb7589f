import Persistence
import Secrets

/// Finds sealed values that do not open in their places.
struct SealChecks: Sendable {
    let columns: [SealedColumn]

    private static let perPage = 500
    private static let findingsMax = 100
    static let count = 1

    func findings(with keys: Keyring, in db: any Connection) throws -> [Doctor.Finding] {
        try (columns + Keyring.sealed).flatMap { column in
            var findings: [Doctor.Finding] = []
            var last: SealedColumn.Stored?
            repeat {
                let page = try column.values(after: last, atMost: Self.perPage, in: db)
                findings += page.compactMap { Self.fault(of: $0, keys) }.prefix(Self.findingsMax - findings.count)
                last = page.last
            } while last != nil && findings.count < Self.findingsMax
            return findings
        }
    }

    private static func fault(of stored: SealedColumn.Stored, _ keys: Keyring) -> Doctor.Finding? {
        do {
            _ = try keys.open(stored.text, as: stored.place)
            return nil
        } catch {
            return Doctor.Finding(check: "every sealed value opens", row: "\(error)")
        }
    }
}
