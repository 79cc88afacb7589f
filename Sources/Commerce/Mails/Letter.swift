package import Basics
package import Persistence
package import Resources
package import Secrets

/// A mail that is to be sent now.
package struct Letter: Sendable {
    package let to: String
    package let subject: String
    package let text: String
    package let html: String
    /// For its `Message-ID`.
    package let key: String
    package let written: Instant

    /// - Returns: nil where it is gone, or was dealt with already.
    package static func waiting(
        for claim: Claim, in storage: any Storage, _ keys: Keyring
    ) async throws -> Letter? {
        let rows = try await storage.fetch(
            """
            SELECT recipient, subject, text, html, message_key, created FROM mails
            WHERE webshop_id = \(claim.shop) AND mail_id = \(claim.subject) AND status = \(Mail.Status.queued)
            """)
        return try rows.first.map { row in
            func opened(_ column: StaticString) throws -> String {
                try keys.openText(row[column], as: SealedPlace(Mail.info.table, claim.subject, "\(column)"))
            }
            return Letter(
                to: try row["recipient"], subject: try opened("subject"), text: try opened("text"),
                html: try opened("html"), key: try row["message_key"], written: try row["created"])
        }
    }
}
