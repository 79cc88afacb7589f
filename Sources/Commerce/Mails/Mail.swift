package import Basics
import Persistence
package import Resources

/// A mail that was written: to whom, in which words, and whether the mail server has taken it.
package struct Mail: Resource {
    package var id: Identifier<Mail>
    package var recipient: String
    package var subject: String
    package var text: String
    package var html: String
    package var template: MailTemplate
    package var status: Status
    package var attempts: Int64
    package var error: String?
    package var sent: Instant?
    package var messageKey: String

    package enum Status: String, Choice {
        case queued, sent, failed
    }

    package static let schema = Schema(
        "mail", "mails", Mail.init,
        Field("mail_id", \.id, .readOnly),
        Field("to", \.recipient, .readOnly, .filterable, .column("recipient")),
        Field("subject", \.subject, .readOnly, .writtenAs(.sealed), .about("Empty once it is kept no longer.")),
        Field("text", \.text, .readOnly, .writtenAs(.sealed)),
        Field("html", \.html, .readOnly, .writtenAs(.sealed)),
        Field("template", \.template, .readOnly, .filterable),
        Field("status", \.status, .readOnly, .filterable),
        Field("attempts", \.attempts, .readOnly, .about("How often the mail server was asked to take it.")),
        Field("error", \.error, .readOnly, .about("Why it was not taken the last time.")),
        Field("sent", \.sent, .readOnly, .about("When the mail server took it.")),
        Field("message_key", \.messageKey, .hidden),
        verbs: [.list, .read], level: .all,
        about: """
            Mails of the shop. Those about users, such as an invitation, are the platform's and not shown here. Subject, text and \
            html are kept \(keptDays) days, encrypted.
            """)

    /// The platform's own are those of no shop.
    package static let platform: Int64 = 0

    /// Days that the words of a mail are kept after its end.
    static let keptDays: Int64 = 90

    /// What changes with a mail.
    package static let tables: Set = [info.table, JobQueue.table]
}
