import Basics
import Commerce
import Outbound
import Resources
import Support
import Testing

/// Lists that an app has elsewhere (seed 002, "Meta data"; CONTRACT 8, "External list").
@Suite struct ExternalListTests {
    private struct World {
        let receiver: Receiver
        let shop: TestShop
        let app: JSON

        var path: String { "/hook?type=field&name=book&webshop_id=\(shop.id)" }

        static func open() async throws -> World {
            let receiver = try await Receiver()
            let policy = OutboundPolicy(exempt: [receiver.host])
            let shop = try await TestShop.open(on: try await TestServer { $0.outbound = policy })
            let app = try await shop.post(
                "app",
                [
                    "name": "Ledger", "access_level": "read", "callback_url": .string("http://\(receiver.host)/hook"),
                    "fields": [
                        ["name": "book", "type": "list", "is_external": 1], ["name": "note", "type": "text"],
                    ],
                ])
            try #require(app.status == 200, "\(app.text)")
            return World(receiver: receiver, shop: shop, app: app.json["app_id"])
        }

        func answers(_ text: String, _ status: Int = 200) {
            receiver.answer(path, .init(status, Array(text.utf8)))
        }

        func install(_ fields: JSON) async throws -> Reply {
            try await shop.post("app-install", ["app_id": app, "fields": fields])
        }

        func close() async {
            await receiver.stop()
            await shop.server.stop()
        }
    }

    @Test func `a list is asked for when the form is shown and when it is saved, once a minute`() async throws {
        let world = try await World.open()
        world.answers(#"{"a": "Sales", "7": "Costs"}"#)
        let form = try await world.shop.get("app/\(world.app.integer)/form").json
        #expect(form["fields"][0]["options"] == ["a": "Sales", "7": "Costs"])
        #expect(form["unavailable"] == [])
        #expect(try await world.install(["book": 7]).json["fields"] == ["book": "7", "note": .null])
        #expect(world.receiver.asked == [world.path])
        world.shop.server.clock.advance(milliseconds: 61_000)
        world.answers(#"{"b": "Stock"}"#)
        let install = try await world.shop.get("app-install?limit=1").json["app_installs"][0]["app_install_id"].integer
        let gone = try await world.shop.put("app-install/\(install)", ["fields": ["book": "a"]])
        #expect((gone.status, gone.pointers, gone.json["errors"][0]["code"]) == (422, ["/fields/book"], "choice"))
        #expect(try await world.shop.put("app-install/\(install)", ["fields": ["note": "x"]]).status == 200)
        #expect(try await world.shop.put("app-install/\(install)", ["fields": ["book": "b"]]).status == 200)
        #expect(world.receiver.asked.count == 2)
        await world.close()
    }

    @Test(arguments: ["no JSON", "[1]", #"{"a": {"b": "c"}}"#, ""])
    func `without a list there is no value of it`(_ text: String) async throws {
        let world = try await World.open()
        world.answers(text)
        let reply = try await world.install(["book": "a"])
        #expect((reply.status, reply.json["errors"][0]["code"]) == (422, "list_unavailable"), "\(reply.text)")
        let form = try await world.shop.get("app/\(world.app.integer)/form").json
        #expect((form["unavailable"], form["fields"][0]["options"]) == (["book"], [:]))
        world.answers(#"{"a": "A"}"#, 500)
        #expect(try await world.install(["book": "a"]).status == 422)
        #expect(try await world.install(["note": "x"]).status == 200)
        await world.close()
    }

    @Test func `a list is not asked for where calls may not go`() async throws {
        let receiver = try await Receiver()
        let shop = try await TestShop.open()
        let app = try await shop.post(
            "app",
            [
                "name": "Ledger", "access_level": "read", "callback_url": .string("http://\(receiver.host)/hook"),
                "fields": [["name": "book", "type": "list", "is_external": 1]],
            ])
        let reply = try await shop.post("app-install", ["app_id": app.json["app_id"], "fields": ["book": "a"]])
        #expect(reply.json["errors"][0]["code"] == "list_unavailable", "\(reply.text)")
        #expect(receiver.asked.isEmpty)
        await receiver.stop()
    }
}
