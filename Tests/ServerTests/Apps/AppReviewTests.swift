import Basics
import Commerce
import Resources
import Support
import Testing

/// What the platform approves, and what other shops see of apps.
@Suite struct AppReviewTests {
    private static func money(_ text: String) -> JSON { .number(JSONNumber(text: text)) }

    @Test func `an app is submitted, and then approved or rejected with a reason`() async throws {
        let world = try await AppWorld.open()
        await #expect(throws: Problem.self) { try await world.reject() }
        try await world.maker.post(world.path + "/submit", [:])
        #expect(try await world.maker.post(world.path + "/submit", [:]).code == "app_submitted")
        try await world.reject("No logo")
        let rejected = try await world.maker.get(world.path).json
        #expect((rejected["status"], rejected["reason"]) == ("rejected", "No logo"))
        try await world.approve()
        let approved = try await world.maker.get(world.path).json
        #expect((approved["status"], approved["reason"]) == ("approved", .null))
        let actions = try await world.maker.get("audit?resource=app&limit=10").json["audit"].elements
        #expect(actions.map { $0["action"].text } == ["approved", "submitted", "rejected", "submitted", "created"])
        #expect(!(try await world.maker.get("audit?resource=app&limit=10")).text.contains(world.token))
    }

    @Test func `the price only falls once an app has been approved`() async throws {
        let world = try await AppWorld.open([("monthly_price", "49.5")])
        #expect(try await world.maker.put(world.path, ["monthly_price": 60]).status == 200)
        try await world.approve()
        let dearer = try await world.maker.put(world.path, ["monthly_price": "60.01"])
        #expect((dearer.status, dearer.pointers) == (422, ["/monthly_price"]))
        let cheaper = try await world.maker.put(world.path, ["monthly_price": "59.99"])
        #expect(
            (cheaper.json["monthly_price"], cheaper.json["status"]) == (Self.money("59.99"), "approved"),
            "\(cheaper.text)")
    }

    @Test func `another shop sees an app when it is approved and allowed there, and changes nothing of it`()
        async throws
    {
        let world = try await AppWorld.open([("callback_url", "https://a.example/hook")])
        let third = try await TestShop.open()
        #expect(try await world.other.get(world.path).status == 404)
        try await world.maker.put(world.path, ["allowed_shops": [.number(world.other.id), .number(world.maker.id)]])
        try await world.approve()
        let seen = try await world.other.get("app?is_own=0&limit=1000&app_id=\(world.id)").json["apps"]
        #expect(seen.elements.map { $0["app_id"].integer } == [world.id])
        #expect((seen[0]["is_own"], seen[0]["callback_url"], seen[0]["allowed_shops"]) == (0, "", []))
        #expect(try await world.other.get(world.path).json == seen[0])
        #expect(try await third.get(world.path).status == 404)
        #expect(try await third.get("app?app_id=\(world.id)").json["paging"]["total"] == 0)
        let own = try await world.maker.get(world.path).json
        #expect((own["is_own"], own["callback_url"]) == (1, "https://a.example/hook"))
        for reply in [
            try await world.other.put(world.path, ["name": "Mine"]), try await world.other.delete(world.path),
            try await world.other.post(world.path + "/submit", [:]), try await world.other.get(world.path + "/payout"),
        ] {
            #expect(reply.status == 404, "\(reply.text)")
        }
    }

    @Test func `what an app may do is approved anew, and until then runs elsewhere as it was`() async throws {
        let code: JSON = [["place": "head_end", "template": "one"]]
        let world = try await AppWorld.open([("code", code)])
        try await world.approve()
        try await world.install(in: world.other)
        try await world.install(in: world.maker)
        #expect(try await world.maker.put(world.path, ["name": "Books"]).json["status"] == "approved")
        let changed = try await world.maker.put(world.path, ["code": [["place": "head_end", "template": "two"]]])
        #expect(changed.json["status"] == "draft")
        func head(_ shop: TestShop) async throws -> JSON { try await shop.get("app-code?page=search").json["head_end"] }
        #expect(try await (head(world.maker), head(world.other)) == ("two", "one"))
        #expect(try await world.other.get(world.path).status == 404)
        try await world.approve()
        #expect(try await head(world.other) == "two")
        try await world.reject("It spies")
        #expect(try await (head(world.maker), head(world.other)) == ("two", ""))
        let install = try await world.other.get("app-install?limit=1").json["app_installs"][0]
        #expect(install["status"] == "stopped")
    }

    @Test func `a change of what was submitted takes it back`() async throws {
        let world = try await AppWorld.open()
        try await world.maker.post(world.path + "/submit", [:])
        #expect(try await world.maker.put(world.path, ["access_level": "all"]).json["status"] == "draft")
        await #expect(throws: Problem.self) { try await world.approveOnly() }
    }

    @Test func `a month's payout is every other shop's price, four fifths of it the maker's`() async throws {
        let world = try await AppWorld.open([("monthly_price", "49.99")])
        try await world.approve()
        try await world.install(in: world.maker)
        let third = try await TestShop.open()
        for shop in [world.other, third] { #expect(try await world.install(in: shop).status == 200) }
        try await world.maker.put(world.path, ["monthly_price": 1])
        let first = try await world.other.get("app-install?limit=1").json["app_installs"][0]
        try await world.other.delete("app-install/\(first["app_install_id"].integer)")
        try await world.install(in: world.other)
        let march = try await world.maker.get(world.path + "/payout?month=2026-03").json
        #expect(
            march == [
                "month": "2026-03", "installs": 2, "total": Self.money("99.98"), "platform_share": Self.money("19.99"),
                "developer_share": Self.money("79.99"),
                "currency": "DKK",
            ])
        let february = try await world.maker.get(world.path + "/payout?month=2026-02").json
        #expect((february["installs"], february["total"]) == (0, 0))
        #expect(try await world.maker.get(world.path + "/payout").json["month"] == "2026-03")
        #expect(try await world.maker.get(world.path + "/payout?month=2026-13").pointers == ["?month"])
    }
}

extension AppWorld {
    /// Approves without submitting.
    func approveOnly() async throws {
        try await AppReview.approve(
            id, in: maker.server.storage, publicURL: TestServer.publicURL, at: maker.server.clock.now)
    }
}
