import Basics
import Persistence
import Resources

extension Authenticator {
    /// What somebody who stays may go on by.
    struct Pass: Sendable {
        /// Where its token may be used; everywhere where there are none.
        let addresses: [String]
        let shopVersion: Int64

        func allows(_ address: String) -> Bool { AddressRange.allows(address, addresses) }
    }

    /// Those of some tokens that are still good, by the hashes of their texts: one question for some thousands.
    func passes(_ hashes: Set<String>, at now: Instant) async throws -> [String: Pass] {
        let answers = try await storage.fetch(
            SQL.each(hashes.sorted()) { some in
                """
                SELECT h.token_hash, t.ip_list, w.version AS shop_version FROM token_hashes h
                JOIN tokens t ON t.webshop_id = h.webshop_id AND t.token_id = h.token_id
                JOIN webshops w ON w.webshop_id = h.webshop_id
                WHERE h.token_hash IN (\(some)) AND t.removed_on IS NULL AND w.removed_on IS NULL
                AND coalesce(t.expires, \(Int64.max)) > \(now) AND coalesce(h.expires, \(Int64.max)) > \(now)
                """
            })
        return try answers.joined().reduce(into: [:]) { passes, row in
            passes[try row["token_hash"]] = Pass(
                addresses: try JSONText(row["ip_list"]).texts, shopVersion: try row["shop_version"])
        }
    }
}
