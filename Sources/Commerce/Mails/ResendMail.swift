import Persistence
import Resources

extension Mail {
    /// Sends a mail once more, in the same words and under the same `Message-ID`, so that whoever has it already can tell.
    static let resend = Endpoint(
        .post, "/REST/mail/{mail_id}/resend", .token(.all), "resend_mail",
        "Sends a mail once more, whether it was given up or the mail server has taken it.",
        Documentation(tag: "mail", answer: info.schemaReference),
        .write { call, tx in
            let id = try call.id(of: "mail")
            var stored = try tx.take(Mail.self, id)
            guard stored.value.status != .queued else {
                throw Problem.conflict("mail_queued", "This mail is about to be sent already.")
            }
            guard !stored.value.text.isEmpty else {
                throw Problem.conflict("mail_emptied", "The words of this mail are kept no longer; write another one.")
            }
            (stored.value.status, stored.value.error) = (.queued, nil)
            let written = try tx.update(stored)
            try Outbox.queue.add([.init(id)], in: tx)
            return written.answer
        })
}
