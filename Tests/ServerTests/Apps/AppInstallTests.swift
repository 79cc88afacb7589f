import Basics
import Commerce
import Resources
import Support
import Testing

/// Apps in the shops that have them.
@Suite struct AppInstallTests {
    private static let fields: JSON = [
        ["name": "key", "type": "text", "required": 1], ["name": "limit", "type": "integer", "default": 5],
        ["name": "on", "type": "boolean"], ["name": "size", "type": "list", "options": ["s": "Small", "l": "Large"]],
        ["name": "tint", "type": "color"], ["name": "note", "type": "richtext"], ["name": "js", "type": "code"],
    ]

    @Test func `a shop installs its own app as it is, and another's once it is approved and allowed`() async throws {
        let world = try await AppWorld.open()
        #expect(try await world.install(in: world.maker).status == 200)
        let early = try await world.install(in: world.other)
        #expect((early.status, early.pointers) == (422, ["/app_id"]))
        try await world.maker.put(world.path, ["allowed_shops": [.number(world.maker.id)]])
        try await world.approve()
        #expect(try await world.install(in: world.other).status == 422)
        try await world.maker.put(world.path, ["allowed_shops": []])
        #expect(try await world.install(in: world.other).status == 200)
        #expect(try await world.install(in: world.other).code == "app_installed")
        #expect(try await world.other.send("POST", "/REST/app-install", ["app_id": 1], as: .write).status == 403)
        #expect(try await world.other.post("app-install", ["app_id": 999_999]).pointers == ["/app_id"])
    }

    @Test func `the app's token has its level and any token's limits, and dies with the installation`() async throws {
        let world = try await AppWorld.open()
        let install = try await world.install(in: world.maker).json
        let token = try await world.maker.get("token/\(install["token_id"].integer)").json
        #expect((token["access_level"], token["daily_limit"], token["burst"]) == ("write", 10_000, 40))
        let text = try #require(try await world.status().first)["app_token"].text
        #expect(text.utf8.count == 32)
        let header = ["Authorization": "Shoporama \(text)"]
        func call() async throws -> Int {
            try await world.maker.anonymous("POST", "/REST/brand", Array("{\"name\":\"B\"}".utf8), headers: header)
                .status
        }
        let typed = header.merging(["Content-Type": "application/json"]) { first, _ in first }
        let made = try await world.maker.anonymous(
            "POST", "/REST/brand", Array("{\"name\":\"B\"}".utf8), headers: typed)
        #expect(made.status == 200)
        #expect(try await world.maker.anonymous("GET", "/REST/token", headers: header).status == 403)
        for reply in [
            try await world.maker.delete("token/\(install["token_id"].integer)"),
            try await world.maker.post("token/\(install["token_id"].integer)/rotate", [:]),
        ] {
            #expect((reply.status, reply.code) == (409, "token_of_app"))
        }
        try await world.maker.delete("app-install/\(install["app_install_id"].integer)")
        #expect(try await call() == 401)
        #expect(try await world.maker.get("token/\(install["token_id"].integer)").status == 410)
        #expect(try await world.status().isEmpty)
    }

    @Test func `values are looked at by the app's fields, and told where they are wrong`() async throws {
        let world = try await AppWorld.open([("fields", Self.fields)])
        let wrong = try await world.install(
            in: world.maker, ["limit": "many", "on": 7, "size": "xl", "tint": "red", "note": [1], "js": ["a": 1]])
        #expect(wrong.status == 422)
        #expect(
            Set(wrong.pointers)
                == Set(["key", "limit", "on", "size", "tint", "note", "js"].map { "/fields/" + $0 }), "\(wrong.text)")
        let made = try await world.install(in: world.maker, ["key": "k", "size": "s", "on": true, "other": 1])
        #expect(
            made.json["fields"] == [
                "key": "k", "limit": 5, "on": 1, "size": "s", "tint": .null, "note": .null, "js": .null,
            ], "\(made.text)")
        let path = "app-install/\(made.json["app_install_id"].integer)"
        let changed = try await world.maker.put(path, ["fields": ["tint": "#FFCC00", "limit": 7]])
        #expect(
            changed.json["fields"] == [
                "key": "k", "limit": 7, "on": 1, "size": "s", "tint": "#ffcc00", "note": .null, "js": .null,
            ], "\(changed.text)")
        #expect(try await world.maker.put(path, ["fields": ["key": ""]]).pointers == ["/fields/key"])
        #expect(try await world.maker.put(path, ["fields": 5]).status == 422)
        let types = try await world.maker.get("event?resource=app-install&limit=10").json["events"].elements
        #expect(types.map { $0["type"].text } == ["app-install.created", "app-install.updated"])
    }

    @Test func `app-status is the seed's list, for the app's own token and the scheme App alone`() async throws {
        let world = try await AppWorld.open([("fields", Self.fields)])
        try await world.approve()
        for shop in [world.maker, world.other] { try await world.install(in: shop, ["key": "k"]) }
        let list = try await world.status()
        #expect(Set(list.map { $0["webshop_id"].integer }) == [world.maker.id, world.other.id])
        let one = try #require(list.first)
        #expect(
            one.names == [
                "webshop_id", "webshop_url", "app_token", "app_token_daily_limit", "app_token_current_usage",
                "installed",
                "fields",
            ])
        #expect(
            (one["app_token_daily_limit"], one["installed"]) == (10_000, .number(world.maker.server.clock.now.seconds)))
        #expect(one["fields"]["limit"] == 5)
        let stored = try await world.maker.server.storage.fetch(
            "SELECT app_token FROM app_installs WHERE app_id = \(world.id)")
        for row in stored { #expect(!list.contains { $0["app_token"].text == (try? row["app_token"]) }) }
        for header in ["Bearer \(world.token)", "App \(world.maker.token(.all))", "App nonsense", world.token] {
            let reply = try await world.maker.anonymous("GET", "/REST/app-status", headers: ["Authorization": header])
            #expect((reply.status, reply.code) == (401, "unauthenticated"), "\(header)")
            #expect(reply[header: "WWW-Authenticate"] == "App realm=\"butik\"")
        }
        let elsewhere = try await world.maker.anonymous(
            "GET", "/REST/product", headers: ["Authorization": "App \(world.token)"])
        #expect(elsewhere.status == 401)
    }

    @Test func `an app goes when no shop has it, and its token with it`() async throws {
        let world = try await AppWorld.open()
        let install = try await world.install(in: world.maker).json["app_install_id"].integer
        #expect(try await world.maker.delete(world.path).code == "app_installed")
        try await world.maker.delete("app-install/\(install)")
        #expect(try await world.maker.delete(world.path).status == 200)
        let reply = try await world.maker.anonymous(
            "GET", "/REST/app-status", headers: ["Authorization": "App \(world.token)"])
        #expect(reply.status == 401)
        #expect(try await world.install(in: world.maker).pointers == ["/app_id"])
    }

    @Test func `the doctor finds an installation whose token is gone`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let app = try await shop.post("app", ["name": "Ledger", "access_level": "read"]).json["app_id"]
        let install = try await shop.post("app-install", ["app_id": app]).json
        #expect(try await shop.findings() == [])
        _ = try await server.storage.write { db in
            try db.run("UPDATE tokens SET removed_on = 1 WHERE token_id = \(install["token_id"].integer)")
        }
        let found = try await shop.findings()
        let row = "shop \(shop.id), app-install \(install["app_install_id"].integer):"
        #expect(found.contains { $0.hasPrefix("every installation of an app has its token: \(row)") }, "\(found)")
        await server.stop()
    }

    @Test func `two installations at once are one`() async throws {
        let world = try await AppWorld.open()
        let replies = try await together(5) { _ in try await world.install(in: world.maker).status }
        #expect(replies.sorted() == [200, 409, 409, 409, 409])
        #expect(try await world.status().count == 1)
    }
}
