import Support
import Testing

/// How mails are sent is said once and right, or the server does not start.
@Suite struct MailSettingsTests {
    private static let from = ["BUTIK_MAIL_FROM": "Butik <no-reply@butik.test>"]

    @Test(
        arguments: [
            (["BUTIK_SMTP_URL": "smtp://mail.test"], "mail_from must say whom mails are from"),
            (["BUTIK_SMTP_URL": "smtp://mail.test", "BUTIK_MAIL_FROM": "butik"], "mail_from must say whom"),
            (["BUTIK_SMTP_URL": "http://u:geheim@mail.test"], "smtp_url must begin with smtp:// or smtps://"),
            (["BUTIK_SMTP_URL": "smtp://u:geheim@"], "smtp_url has no host"),
            (["BUTIK_SMTP_URL": "smtp://u:geheim@mail.test/box"], "smtp_url has no host, or more than host and port"),
            (["BUTIK_SMTP_URL": "smtp://u:geheim@mail.test:0"], "smtp_url has no host, or more than host and port"),
            (["BUTIK_SMTP_URL": "smtp://geheim@mail.test"], "smtp_url must have name:password before the @"),
            (["BUTIK_SMTP_URL": "smtp://u:geheim%0@mail.test"], "smtp_url must have name:password before the @"),
            (["BUTIK_SMTP_URL": "smtp://u:geheim@mail.test?starttls=off"], "smtp_url has a password that starttls=off"),
            (["BUTIK_SMTP_URL": "smtp://u:geheim@mail.test?tls=no"], "smtp_url may end with ?starttls=off"),
            (["BUTIK_SMTP_URL": "smtps://u:geheim@mail.test?starttls=off"], "smtp_url may end with ?starttls=off"),
            (
                ["BUTIK_SMTP_URL": "smtps://mail.test", "BUTIK_SMTP_CA_FILE": "/none"],
                "smtp_ca_file: /none cannot be read"
            ),
            (
                ["BUTIK_SMTP_URL": "smtp://mail.test?starttls=off", "BUTIK_SMTP_CA_FILE": "/dev/null"],
                "smtp_ca_file has no effect: smtp_url has starttls=off"
            ),
        ])
    func `a mail server that cannot be meant stops the start, and its password is not said`(
        _ settings: [String: String], _ line: String
    ) async throws {
        let saysFrom = line.hasPrefix("mail_from")
        let ended = try await Binary.run(
            ["serve", "--port", "0", "--data", Binary.folder()],
            environment: saysFrom ? settings : Self.from.merging(settings) { $1 })
        #expect(ended.status == 1)
        #expect(ended.error.hasPrefix("butik: " + line), "\(ended.error)")
        #expect(!ended.error.contains("geheim"))
    }

    @Test(arguments: ["BUTIK_MAIL_FROM", "BUTIK_SMTP_CA_FILE"])
    func `what says nothing without a mail server stops the start`(_ name: String) async throws {
        let ended = try await Binary.run(
            ["serve", "--port", "0", "--data", Binary.folder()], environment: [name: "/dev/null"])
        #expect(ended.status == 1)
        let key = name.dropFirst("BUTIK_".count).lowercased()
        #expect(ended.error == "butik: \(key) has no effect: no smtp_url is set\n")
    }
}
