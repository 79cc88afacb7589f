package import Basics
package import Persistence

/// A mail of the platform, without its words: they let people in, and are shown to nobody.
package struct PlatformMail: Sendable {
    package let to: String
    package let template: String
    package let status: String
    package let attempts: Int64
    package let error: String?
    package let created: Instant

    private static let rowsMax = 200

    /// The last ones, the newest first, at most two hundred.
    package static func last(in db: any Connection) throws -> [PlatformMail] {
        try db.rows(
            """
            SELECT recipient, template, status, attempts, error, created FROM mails
            WHERE webshop_id = \(Mail.platform) ORDER BY mail_id DESC LIMIT \(rowsMax)
            """
        ).map {
            PlatformMail(
                to: try $0["recipient"], template: try $0["template"], status: try $0["status"],
                attempts: try $0["attempts"], error: try $0["error"], created: try $0["created"])
        }
    }
}
