import Basics
import Commerce
import Foundation
import Jobs
import Logging
import Media
import Outbound
import Persistence
import Resources
import Support
import Testing

/// Categories, brands and landing pages show images as products do (fact sheet 2.3, 2.4 and 2.14).
@Suite struct OwnedImageTests {
    private static let owners = ["category", "brand", "landing-page"]
    private static let png = Picture.png(40, 30)

    /// Makes one and answers its path.
    private static func make(_ owner: String, in shop: TestShop, _ images: [JSON] = []) async throws -> String {
        let reply = try await shop.post(owner, ["name": "Shoes", "images": .array(images)])
        try #require(reply.status == 200, "\(reply.text)")
        return "\(owner)/\(reply.json[reply.json.names[0]].integer)"
    }

    /// The same one as its list shows it.
    private static func listed(_ path: String, in shop: TestShop) async throws -> JSON {
        let parts = path.split(separator: "/")
        let list = try await shop.get("\(parts[0])?envelope=1&limit=1000").json
        let rows = list[list.names[1]].elements
        return try #require(rows.first { String($0[$0.names[0]].integer) == parts[1] })
    }

    @Test(arguments: owners)
    func `images come with the body, are changed and removed through it, and stand in lists too`(
        _ owner: String
    ) async throws {
        let shop = try await TestShop.open()
        let data = JSON.string(Self.png.base64)
        let path = try await Self.make(owner, in: shop, [["data": data, "description": "Set forfra"], ["data": data]])
        let shown = try await shop.get(path).json
        let images = shown["images"].elements
        #expect(images.map { $0["weight"].text } == ["10", "20"])
        #expect(images[0]["width"] == 40 && images[0]["content_type"] == "image/png")
        let digits = images[0]["image_id"].text.map { String($0) }.joined(separator: "/")
        #expect(images[0]["url"].text == "\(TestServer.publicURL)/cache/\(digits)/set-forfra-fit-1000x1000x90.png")
        #expect(try await shop.fetch(images[0]["url"]).status == 200)
        #expect(try await Self.listed(path, in: shop) == shown)

        let change: JSON = [
            ["image_id": images[1]["image_id"], "weight": 1], ["image_id": images[0]["image_id"], "remove": 1],
        ]
        let changed = try await shop.put(path, ["images": change])
        #expect(changed.json["images"].elements.map { $0["image_id"] } == [images[1]["image_id"]])
        #expect(changed.json["images"][0]["weight"] == "1")
        // What is not mentioned stays, and no other is reached.
        #expect(try await shop.put(path, ["name": "Boots", "images": []]).json["images"] == changed.json["images"])
        let other = try await Self.make(owner, in: shop)
        let foreign = try await shop.put(other, ["images": [["image_id": images[1]["image_id"], "weight": 5]]])
        #expect(foreign.status == 422 && foreign.pointers == ["/images/0/image_id"])
        #expect(try await shop.put(path, ["images": [["data": "aGVq"]]]).pointers == ["/images/0/data"])
        let last = try await shop.put(path, ["images": [["image_id": images[1]["image_id"], "remove": 1]]])
        #expect(last.json["images"] == [])
        #expect(try await shop.fetch(images[1]["url"]).status == 404)
    }

    @Test(arguments: owners)
    func `an image comes as plain bytes too, as one change of its owner`(_ owner: String) async throws {
        let shop = try await TestShop.open()
        // The same number as a product's that has an image of its own.
        let product = try await shop.product()
        let taken = try await shop.upload("product/\(product)/image", Picture.png(9, 9), type: "image/png")
        #expect(taken.status == 200)
        let path = try await Self.make(owner, in: shop)
        let before = try await shop.events().count
        let added = try await shop.upload(path + "/image?description=Front&weight=7", Self.png, type: "image/png")
        #expect(added.status == 200 && added.json["weight"] == "7", "\(added.text)")
        let events = try await shop.events().dropFirst(before)
        #expect(events.filter { $0["type"].text == owner + ".updated" }.count == 1)
        #expect(events.last?["data"]["images"] == [added.json])
        #expect(try await shop.get(path).json["images"] == [added.json])
        let row = "\(path)/image/\(added.json["image_id"].text)"
        #expect(try await shop.delete(row).json["deleted"] == 1)
        #expect(try await shop.delete(row).status == 404)
        #expect(try await shop.get(path).json["images"] == [])
        #expect(try await shop.get("product/\(product)").json["images"].elements.count == 1)
    }

    @Test(arguments: owners)
    func `an image by address is fetched for whom it belongs to`(_ owner: String) async throws {
        let outside = try await Receiver()
        let host = outside.host
        outside.answer("/a.png", .init(200, Self.png))
        let server = try await TestServer { $0.outbound = OutboundPolicy(exempt: [host]) }
        let shop = try await TestShop.open(on: server)
        let path = try await Self.make(owner, in: shop, [["url": .string("http://\(host)/a.png")]])
        #expect(try await shop.get(path).json["images"][0]["url"].isNull)
        let before = try await shop.events().count
        #expect(try await server.fetchImages(exempt: [host]) == 1)
        let shown = try await shop.get(path).json
        #expect(shown["images"][0]["width"] == 40)
        #expect(try await shop.fetch(shown["images"][0]["url"]).status == 200)
        let events = try await shop.events().dropFirst(before)
        #expect(events.map { $0["type"].text }.contains(owner + ".updated"))
        #expect(events.last?["data"] == shown)
        await outside.stop()
        await server.stop()
    }

    @Test(arguments: owners)
    func `deleting the owner lets go of its images, bytes and all`(_ owner: String) async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let path = try await Self.make(owner, in: shop, [["data": .string(Self.png.base64)]])
        let image = try await shop.get(path).json["images"][0]
        #expect(try await Self.keeper(server, ahead: 7200).sweep().putAside == 0, "it is shown")
        try await shop.delete(path)
        #expect(try await shop.fetch(image["url"]).status == 404)
        #expect(try await Self.keeper(server, ahead: 7200).sweep().putAside == 1)
        #expect(shop.filesOnDisk.isEmpty)
        await server.stop()
    }

    @Test(arguments: owners)
    func `a page costs one query for all its images, and none where there are none`(_ owner: String) async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        var costs: [Int] = []
        for count in [0, 1, 20] {
            for _ in 0..<max(1, count) {
                let row: JSON = ["data": .string(Picture.png(1, 1).base64)]
                _ = try await Self.make(owner, in: shop, count == 0 ? [] : [row, row])
            }
            _ = try await shop.get(owner + "?envelope=1&limit=100")
            let before = server.storage.statements
            #expect(try await shop.get(owner + "?envelope=1&limit=100").status == 200)
            costs.append(server.storage.statements - before)
        }
        #expect(costs[1] == costs[0] + 1 && costs[2] == costs[1], "\(costs)")
        await server.stop()
    }

    @Test func `an expanded brand shows its images as it does itself`() async throws {
        let shop = try await TestShop.open()
        let path = try await Self.make("brand", in: shop, [["data": .string(Self.png.base64)]])
        let brand = try await shop.get(path).json
        let product = try await shop.product("Boot", JSONObject([.init("brand_id", brand["brand_id"])]))
        #expect(try await shop.get("product/\(product)?expand=brand").json["brand"] == brand)
    }

    private static func keeper(_ server: TestServer, ahead seconds: Int64) -> TestServer.Keeper {
        server.keeper(at: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).adding(seconds: seconds))
    }
}
