package import Resources
import Secrets

/// What shops and the platform write to people.
package enum Mails {
    package static let area = Area(
        "mails", resources: [Mail.self], actions: [Mail.resend], jobs: [SentMails.expiry], checks: checks,
        sealed: ["subject", "text", "html"].map { SealedColumn(Mail.info.table, key: Mail.info.key, $0) })

    private static let checks = [
        Check(
            "every mail that waits is in line", of: "mail",
            """
            SELECT webshop_id, mail_id, status, 'in line' FROM mails m WHERE status = 'queued' AND NOT EXISTS (SELECT 1
            FROM queue q WHERE q.webshop_id = m.webshop_id AND q.kind = 'send mails' AND q.subject = m.mail_id)
            ORDER BY 1, 2
            """)
    ]
}
