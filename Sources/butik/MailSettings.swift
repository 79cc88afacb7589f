import Basics
import Foundation
import Transfers

/// Where mails are handed over, and whom they are from.
struct MailSettings: Sendable {
    let server: SMTPServer
    let from: MailAddress

    /// - Parameter text: reads a setting.
    /// - Returns: nil where no mail server is named; mails then wait, and can be read.
    /// - Throws: `Settings.Fault`, which never has the password in it.
    init?(_ text: (String) -> String?) throws {
        let (url, sender, caFile) = (text("smtp_url"), text("mail_from"), text("smtp_ca_file"))
        guard let url else {
            for (key, value) in [("mail_from", sender), ("smtp_ca_file", caFile)] where value != nil {
                throw Settings.Fault(description: "\(key) has no effect: no smtp_url is set")
            }
            return nil
        }
        do throws(SMTPServer.Refused) { server = try SMTPServer(url, caFile: caFile) } catch {
            throw Settings.Fault(description: "smtp_url \(error)")
        }
        if let caFile, !FileManager.default.isReadableFile(atPath: caFile) || !server.isSecure {
            throw Settings.Fault(
                description: server.isSecure
                    ? "smtp_ca_file: \(caFile) cannot be read"
                    : "smtp_ca_file has no effect: smtp_url has starttls=off")
        }
        guard let from = sender.flatMap({ MailAddress($0) }) else {
            throw Settings.Fault(
                description: "mail_from must say whom mails are from, such as Butik <no-reply@shop.example>")
        }
        self.from = from
    }
}
