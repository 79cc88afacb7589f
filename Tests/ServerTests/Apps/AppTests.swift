import Basics
import Commerce
import Resources
import Support
import Testing

/// Apps as who makes them sees them (seed 002, "Settings").
@Suite struct AppTests {
    @Test func `an app's token and secret are shown once, and lie nowhere readable`() async throws {
        let shop = try await TestShop.open()
        let body: JSON = ["name": "Ledger", "access_level": "read"]
        let made = try await shop.post("app", body, headers: ["Idempotency-Key": "a"])
        #expect(made.json["token"].text.hasPrefix("butik_app_"))
        #expect(made.json["secret"].text.hasPrefix("whsec_"))
        #expect((made.json["status"], made.json["is_own"], made.json["currency"]) == ("draft", 1, "DKK"))
        let again = try await shop.post("app", body, headers: ["Idempotency-Key": "a"])
        #expect((again.status, again.code) == (409, "answered_once"))
        let shown = try await shop.get("app/\(made.json["app_id"].integer)")
        let rows = try await shop.server.storage.fetch(
            "SELECT token, secret FROM apps WHERE app_id = \(made.json["app_id"].integer)")
        let stored: [String] = [try rows[0]["token"], try rows[0]["secret"]]
        for text in [made.json["token"].text, made.json["secret"].text] {
            #expect(!shown.text.contains(text))
            #expect(!stored.contains { $0.contains(text) })
        }
        #expect(shown.json == made.json.without("token", "secret"))
        let dry = try await shop.post("app", body, headers: ["Prefer": "dry-run"])
        #expect((dry.json["token"], dry.json["secret"]) == (.null, .null))
        #expect(try await shop.send("POST", "/REST/app", body, as: .write).status == 403)
    }

    @Test(arguments: [
        "Plain text, 5 > 3 & more", "See <a href=\"https://a.example/?x=1&amp;y=2\">us</a>",
        "<a href='mailto:a@b.test' title=x>m</a>",
        "2 < 3 and &eacute; <A HREF=http://a.example target=_blank rel=nofollow>x</A>", "",
    ])
    func `a description is text and links`(_ text: String) async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("app", ["name": "A", "access_level": "read", "description": .string(text)])
        #expect((made.status, made.json["description"].text) == (200, text), "\(made.text)")
    }

    @Test(arguments: [
        "<b>bold</b>", "<p>x", "<script>x</script>", "<a href=\"javascript:alert(1)\">x</a>",
        "<a href='https://a.example' onclick=x>y</a>",
        "<!-- x -->", "<!-- x", "<a href=\"https://a.example", "</div><b>x</b>",
        "<a href='https://a.example'><img src=x></a>", "<br>",
        "x</div><div>y", "<a href=\" javascript:x\">y</a>", "<svg/onload=x>", "<![CDATA[x]]><b>y</b>", "<?php x ?>",
        "<a href='https://a.example' style='x'>y</a>", "<style>x", "<textarea>", "<html><body>x</body></html>",
    ])
    func `a description with anything else is refused`(_ text: String) async throws {
        let shop = try await TestShop.open()
        let made = try await shop.post("app", ["name": "A", "access_level": "read", "description": .string(text)])
        #expect((made.status, made.pointers) == (422, ["/description"]), "\(made.text)")
    }

    @Test func `a description is shown as what was read, whatever was written`() throws {
        let html = try AppDescription("A & <a href='https://x.example/?a=1&b=2' target=_blank>b < c</a> &eacute;").html
        let link = "<a href=\"https://x.example/?a=1&amp;b=2\" rel=\"noopener nofollow\">b &lt; c</a>"
        #expect(html == "A &amp; \(link) é")
    }

    @Test func `webhooks and events are of their lists, and need an address`() async throws {
        let shop = try await TestShop.open()
        let wrong = try await shop.post(
            "app",
            ["name": "A", "access_level": "read", "webhooks": ["product", "view_basket"], "events": ["sunrise"]])
        #expect(Set(wrong.pointers) == ["/webhooks/1", "/events/0"], "\(wrong.text)")
        let silent = try await shop.post("app", ["name": "A", "access_level": "read", "webhooks": ["product"]])
        #expect(silent.pointers == ["/callback_url"])
        let bad = try await shop.post("app", ["name": "A", "access_level": "read", "callback_url": "ftp://a.example"])
        #expect(bad.pointers == ["/callback_url"])
        let events = Topic.appEvents.map { JSON.string($0.rawValue) }
        #expect(events.count == 12)
        let good = try await shop.post(
            "app",
            [
                "name": "A", "access_level": "read", "callback_url": "https://a.example/hook",
                "webhooks": ["new_status", "paid", "order_created", "product", "stock"], "events": .array(events),
            ])
        #expect(good.json["events"] == .array(events), "\(good.text)")
    }

    @Test func `what is wrong with fields and code is told where it stands`() async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.post(
            "app",
            [
                "name": "A", "access_level": "read",
                "fields": [
                    ["name": "ok", "type": "text"], ["name": "no good", "type": "text"],
                    ["name": "ok", "type": "integer"],
                    ["name": "x", "type": "date"], ["name": "list", "type": "list"], ["type": "text"],
                    ["name": "n", "type": "integer", "is_external": 1],
                ],
                "code": [
                    ["place": "head_end", "template": "<{$x}>"], ["place": "footer", "template": "x"],
                    ["place": "head_end", "pages": ["moon"], "template": "x"],
                    ["place": "head_end", "template": "a\n<{if}>"],
                ],
            ])
        #expect(reply.status == 422)
        #expect(
            Set(reply.pointers) == [
                "/fields/1/name", "/fields/3/type", "/fields/4/options", "/fields/5/name", "/fields/6/is_external",
                "/code/1/place", "/code/2/pages/0", "/code/3/template",
            ], "\(reply.text)")
        #expect(reply.text.contains("line 2, column 5"))
        let twice = try await shop.post(
            "app",
            [
                "name": "A", "access_level": "read",
                "fields": [["name": "a", "type": "text"], ["name": "a", "type": "text"]],
            ])
        #expect(twice.pointers == ["/fields/1/name"])
        let preset = try await shop.post(
            "app",
            ["name": "A", "access_level": "read", "fields": [["name": "a", "type": "integer", "default": "many"]]])
        #expect(preset.pointers == ["/fields/0/default"])
    }

    @Test func `fields and code are kept in one form`() async throws {
        let world = try await AppWorld.open([
            ("fields", [["name": "kind", "type": "list", "options": ["a", "b"], "required": true]]),
            ("code", [["place": "body_end", "template": "<{$app_vars.kind}>"]]),
        ])
        let app = try await world.maker.get(world.path).json
        #expect(
            app["fields"] == [
                [
                    "name": "kind", "label": "kind", "type": "list", "required": 1, "default": .null,
                    "options": ["a": "a", "b": "b"], "is_external": 0,
                ]
            ])
        #expect(app["code"] == [["place": "body_end", "pages": [], "template": "<{$app_vars.kind}>"]])
    }
}

extension JSON {
    /// An object without some members.
    func without(_ names: String...) -> JSON {
        guard case .object(let object) = self else { return self }
        return .object(object.without(Set(names)))
    }
}
