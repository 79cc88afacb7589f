import Basics
import ButikFiles
import Commerce
import Persistence
import Resources
import Support
import Testing

/// What mails say, in which language, and in whose words.
@Suite struct MailWordsTests {
    @Test(arguments: MailTemplate.allCases, MailLanguage.allCases)
    func `every template names all it can say`(_ template: MailTemplate, _ language: MailLanguage) async throws {
        let world = try await MailWorld.open()
        let values = Dictionary(uniqueKeysWithValues: template.variables.map { ($0, "«\($0)»") })
        let id = try await world.queue(MailDraft(template, to: "a@b.test", values, language: language))
        let mail = try await world.mail(id)
        #expect(!mail["subject"].text.isEmpty)
        for form in ["text", "html"] {
            for name in template.variables { #expect(mail[form].text.contains("«\(name)»"), "\(form) \(name)") }
            #expect(!mail[form].text.contains("{{"))
        }
        await world.close()
    }

    @Test func `a shop in Denmark writes Danish, others English, and whoever is asked what was asked for`() async throws
    {
        let danish = try await MailWorld.open()
        #expect(try await danish.subject() == "Du er inviteret til Sko & Støvler")
        #expect(try await danish.subject(.en) == "You are invited to Sko & Støvler")
        await danish.close()
        let swedish = try await MailWorld.open { $0.countryID = 0 }
        #expect(try await swedish.subject() == "You are invited to Sko & Støvler")
        let id = try await swedish.queueOfPlatform(MailWorld.draft(.passwordReset))
        #expect(try await swedish.opened(id) == "Choose a new password")
        await swedish.close()
    }

    @Test func `a line break in a name begins no header`() async throws {
        let world = try await MailWorld.open()
        let id = try await world.queue(MailWorld.draft(with: ["shop": "Sko\r\nBcc: all@kunde.test"]))
        #expect(try await world.mail(id)["subject"] == "Du er inviteret til Sko  Bcc: all@kunde.test")
        let outside = try await MailServer()
        try await world.send(outside.url())
        let headers = try outside.taken[0]["headers"]
        #expect(headers["bcc"] == .null && headers["subject"].text.hasSuffix("Sko  Bcc: all@kunde.test"))
        await world.close()
    }

    @Test func `a shop's own words are used where it has some, and those of the platform for what is not about it`()
        async throws
    {
        let world = try await MailWorld.open()
        let own: JSON = [
            "subject": "Kom til {{shop}}", "text": "Hej! {{link}}", "html": "<a href=\"{{link}}\">{{shop}}</a>",
        ]
        let saved = try await world.shop.put("shop", ["settings": ["mail_templates": ["invitation": ["da": own]]]])
        #expect(saved.status == 200, "\(saved.text)")
        let mail = try await world.mail(try await world.queue())
        #expect(mail["subject"] == "Kom til Sko & Støvler" && mail["text"] == "Hej! https://x.test/?a=1&b=hemmelig")
        #expect(mail["html"].text.hasSuffix(">Sko &amp; Støvler</a>"))
        #expect(try await world.subject(.en) == "You are invited to Sko & Støvler")
        let id = try await world.queueOfPlatform(MailWorld.draft(), about: world.shop.id)
        #expect(try await world.opened(id) == "Kom til Sko & Støvler")
        await world.close()
    }

    @Test(
        arguments: [
            (#"{"invitation": {"da": {"subject": "{{#shop}}", "text": "a", "html": "b"}}}"#, "invitation/da/subject"),
            (#"{"invitation": {"da": {"subject": "a", "text": "{{password}}", "html": "b"}}}"#, "invitation/da/text"),
            (#"{"invitation": {"da": {"subject": "a", "text": "{{=<% %>=}}", "html": "b"}}}"#, "invitation/da/text"),
            (#"{"invitation": {"da": {"subject": "a", "text": "{{> shop}}", "html": "b"}}}"#, "invitation/da/text"),
            (#"{"invitation": {"da": {"subject": "a", "text": "b {{link", "html": "b"}}}"#, "invitation/da/text"),
            (#"{"invitation": {"da": {"subject": "a", "text": "b"}}}"#, "invitation/da/html"),
            (#"{"invitation": {"da": {"subject": "a", "text": 1, "html": "b"}}}"#, "invitation/da/text"),
            (#"{"invitation": {"da": {"subject": "a", "text": "b", "html": "c", "pdf": "d"}}}"#, "invitation/da/pdf"),
            (#"{"invitation": {"de": {}}}"#, "invitation/de"), (#"{"invitation": []}"#, "invitation"),
            (#"{"password_reset": {}}"#, "password_reset"), (#"{"order": {}}"#, "order"), (#""none""#, ""),
        ])
    func `words that are no template are refused where they stand`(_ templates: String, _ place: String) async throws {
        let shop = try await TestShop.open()
        let before = try await shop.get("shop").json
        let json = try JSONParser.parse(Array(templates.utf8))
        let reply = try await shop.put("shop", ["settings": ["mail_templates": json]])
        #expect(reply.status == 422)
        let pointer = "/settings/mail_templates" + (place.isEmpty ? "" : "/" + place)
        #expect(reply.json["errors"].elements.map { $0["pointer"].text } == [pointer], "\(reply.text)")
        #expect(try await shop.get("shop").json == before)
    }

    @Test func `ten thousand sections in one another are refused and bring nobody down`() async throws {
        let shop = try await TestShop.open()
        for tag in ["{{#shop}}", "{{!{{/shop}}{{#shop}}", "{{^ shop }}"] {
            let text = JSON.string(String(repeating: tag, count: 3000))
            let own: JSON = ["subject": "a", "text": text, "html": "b"]
            let reply = try await shop.put("shop", ["settings": ["mail_templates": ["invitation": ["da": own]]]])
            #expect(reply.status == 422)
            #expect(reply.json["errors"][0]["pointer"] == "/settings/mail_templates/invitation/da/text")
        }
    }
}

extension MailWorld {
    fileprivate func subject(_ language: MailLanguage? = nil) async throws -> String {
        try await mail(try await queue(Self.draft(language: language)))["subject"].text
    }

    /// The subject of a mail that no shop is shown.
    fileprivate func opened(_ id: Int64) async throws -> String {
        let row = try await server.storage.fetch("SELECT subject FROM mails WHERE webshop_id = 0 AND mail_id = \(id)")
            .first
        return try server.keys.openText(try row?["subject"] ?? "", as: .init("mails", id, "subject"))
    }
}
