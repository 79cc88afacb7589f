package import Basics
import Commerce
import Persistence
package import Resources
import Secrets
package import Transfers

/// Hands mails over to the mail server. Each is taken at least once; twice only where the server's answer was lost, or this
/// process before it had kept it.
package struct MailSender: Sendable {
    private let server: SMTPServer
    private let from: MailAddress
    private let loop: TransferLoop

    package init(_ server: SMTPServer, from: MailAddress, by loop: TransferLoop) {
        (self.server, self.from, self.loop) = (server, from, loop)
    }

    package var jobs: [Job] { [Job(Outbox.queue) { try await send($0, $1) }] }

    /// A mail that was not taken is told twice: in its row, and as a failure of the job, which is counted and logged.
    private func send(_ claim: Claim, _ context: JobContext) async throws -> JobEnd {
        let keys: Keyring = try context.services.get()
        guard let letter = try await Letter.waiting(for: claim, in: context.storage, keys) else { return .done }
        do {
            guard let to = MailAddress(letter.to) else { throw MailFault.address(letter.to) }
            let message = try MailMessage(
                from: from, to: to, subject: letter.subject, text: letter.text, html: letter.html, key: letter.key,
                date: letter.written)
            try await server.deliver(message.bytes, from: from, to: to, by: loop)
        } catch let undelivered as Undelivered {
            try await SentMails.fail(claim, undelivered.description, mayPass: undelivered.mayPass, context)
            throw undelivered
        }
        try await SentMails.succeed(claim, context)
        return .settled
    }
}
