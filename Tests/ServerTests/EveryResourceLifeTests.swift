import Commerce
import Resources
import Support
import Testing

/// From the first write to the tombstone: what deletion leaves, and what the feed tells, of every resource.
@Suite struct EveryResourceLifeTests {
    private static func make(_ path: String) async throws -> (shop: TestShop, info: ResourceInfo, id: Int64) {
        let info = try ResourceInfo.at(path)
        let example = try await Example.make(in: try await TestShop.open())
        let reply = try await example.shop.post(path, example.minimum(path))
        try #require(reply.status == 200, "\(reply.text)")
        return (example.shop, info, reply.json[info.key].integer)
    }

    private static func expectGone(_ reply: Reply, _ what: String) {
        #expect(reply.status == 410, "\(what)")
        #expect(reply.text == "410 Gone", "\(what)")
        #expect(reply[header: "Content-Type"] == "text/plain", "\(what)")
    }

    @Test(arguments: ResourceInfo.paths(.delete))
    func `a deleted object is 410 to everything and leaves the lists`(_ path: String) async throws {
        let (shop, info, id) = try await Self.make(path)
        let one = "\(path)/\(id)"
        let deleted = try await shop.delete(one)
        #expect(deleted.status == 200)
        #expect(deleted.json.serialized == #"{"\#(info.key)":\#(id),"deleted":1}"#)
        Self.expectGone(try await shop.get(one), "GET")
        Self.expectGone(try await shop.get(one + "?fields=name"), "GET with fields")
        Self.expectGone(try await shop.delete(one), "second DELETE")
        if info.verbs.contains(.update) {
            Self.expectGone(try await shop.put(one, ["name": "Back"]), "PUT")
            Self.expectGone(try await shop.send("PATCH", "/REST/" + one, ["name": "Back"]), "PATCH")
        }
        let head = try await shop.send("HEAD", "/REST/" + one)
        #expect(head.status == 410)
        let list = "\(path)?envelope=1&limit=10&\(info.key)=\(id)"
        #expect(try await shop.get(list).json["paging"]["total"] == 0)
        #expect(try await shop.get(list + "&include_removed=1").json["paging"]["total"] == 1)
    }

    @Test(arguments: ResourceInfo.paths(.create, .update, .delete))
    func `the feed has every change with the object as it then was`(_ path: String) async throws {
        let (shop, info, id) = try await Self.make(path)
        let created = try await shop.get("\(path)/\(id)").json
        try await shop.put("\(path)/\(id)", .member(info.title, "Changed"))
        let updated = try await shop.get("\(path)/\(id)").json
        #expect(updated[info.title] == "Changed")
        try await shop.delete("\(path)/\(id)")
        let types = ["created", "updated", "deleted"].map { "\(path).\($0)" }
        let feed = try await shop.get("event?limit=1000&resource=\(path)&type=\(types.joined(separator: ","))").json[
            "events"]
        let events = feed.elements.filter { $0["resource_id"].integer == id }
        #expect(events.map { $0["type"].text } == types)
        #expect(events.map { $0["data"] } == [created, updated, .null])
        #expect(events.map { $0["sequence"].integer } == [1, 2, 3])
        #expect(events.allSatisfy { $0["resource"].text == info.path && $0["created"] == "2026-03-01 13:00:00" })
    }

    @Test(arguments: ["order", "token", "stock-entry"])
    func `what is made in a way of its own is in the feed too`(_ path: String) async throws {
        let (shop, _, id) = try await Self.make(path)
        let shown = try await shop.get("\(path)/\(id)").json
        let feed = try await shop.get("event?limit=1000&type=\(path).created").json["events"].elements
        let event = try #require(feed.last { $0["resource_id"].integer == id }, "no \(path).created")
        #expect(event["data"] == shown)
    }

    @Test func `a stock change is in the feed with the row as stock shows it`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product("Shirt", stock: 4)
        let event = try await shop.get("event?type=stock.updated").json["events"][0]
        #expect(event["resource"] == "stock")
        #expect(event["resource_id"].integer == id)
        #expect(event["data"] == (try await shop.get("stock/\(id)").json["stock"][0]))
    }

    @Test func `a change of the shop is in the feed`() async throws {
        let shop = try await TestShop.open()
        try await shop.put("shop", ["name": "New name"])
        let events = try await shop.get("event?type=shop.updated").json["events"]
        #expect(events.elements.count == 1)
        #expect(events[0]["data"] == (try await shop.get("shop").json))
    }

    @Test(arguments: ResourceInfo.paths(.create, .delete))
    func `what belongs to a deleted object's name can be used again`(_ path: String) async throws {
        let (shop, info, id) = try await Self.make(path)
        let first = try await shop.get("\(path)/\(id)").json
        try await shop.delete("\(path)/\(id)")
        let second = try await shop.post(path, first)
        #expect(second.status == 200)
        #expect(second.json[info.key].integer > id)
        #expect(second.json["name"] == first["name"])
    }
}
