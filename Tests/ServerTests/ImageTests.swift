import Basics
import Media
import Resources
import Support
import Testing

/// A product's images, from the upload to the picture a browser gets (issue 3, item 2).
@Suite struct ImageTests {
    private static let png = Picture.png(40, 30)

    @Test func `images are added, described, ordered and removed through the product`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product()
        let added = try await shop.put(
            "product/\(id)",
            [
                "images": [
                    ["data": .string(Self.png.base64), "description": "Set forfra", "remove": 0],
                    ["data": .string(Picture.png(5, 5).base64), "weight": 5, "variant_name": "M"],
                ]
            ])
        #expect(added.status == 200, "\(added.text)")
        let images = added.json["images"].elements
        #expect(images.map { $0["weight"].text } == ["5", "10"])
        #expect(images[1].names.prefix(5) == ["image_id", "weight", "variant_name", "description", "url"])
        #expect(images[1]["description"] == "Set forfra" && images[1]["variant_name"].isNull)
        #expect(images[1]["width"] == 40 && images[1]["height"] == 30 && images[1]["content_type"] == "image/png")
        let digits = images[1]["image_id"].text.map { String($0) }.joined(separator: "/")
        #expect(images[1]["url"].text == "\(TestServer.publicURL)/cache/\(digits)/set-forfra-fit-1000x1000x90.png")
        #expect(try await shop.get("product/\(id)").json["images"] == .array(images))

        // What is not mentioned stays; an echo of what was read changes nothing.
        let same = try await shop.put("product/\(id)", ["images": .array(images)])
        #expect(same.body == added.body)
        let changed = try await shop.put(
            "product/\(id)",
            [
                "images": [
                    ["image_id": images[1]["image_id"], "weight": "1", "description": "Back"],
                    ["image_id": images[0]["image_id"], "remove": 1],
                ]
            ]
        ).json["images"]
        #expect(changed.elements.count == 1)
        #expect(changed[0]["weight"] == "1" && changed[0]["url"].text.hasSuffix("/back-fit-1000x1000x90.png"))
        #expect(try await shop.put("product/\(id)", ["images": []]).json["images"] == changed)
        let last = try await shop.put(
            "product/\(id)", ["images": [["image_id": changed[0]["image_id"], "remove": "1"]]])
        #expect(last.json["images"] == [])
        #expect(try await shop.fetch(changed[0]["url"]).status == 404)
    }

    @Test func `a change of images is an event of the product, once, and a new version`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product()
        let before = try await shop.events().count
        let reply = try await shop.upload("product/\(id)/image?description=Front", Self.png, type: "image/png")
        #expect(reply.status == 200, "\(reply.text)")
        let events = try await shop.events().dropFirst(before)
        #expect(events.map { $0["type"].text }.sorted() == ["product", "product.updated"])
        #expect(events.last?["data"]["images"][0] == reply.json)
        #expect(try await shop.get("product/\(id)").json == events.last?["data"])
    }

    @Test func `bytes are taken as they are, as a form and as JSON, and each gives the same image`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/image"
        let form = String.form([("description", "Front"), ("weight", "7")], file: Self.png, named: "a.jpg")
        let replies = [
            try await shop.upload(path + "?description=Front&weight=7", Self.png, type: "image/jpeg"),
            try await shop.upload(path, form.body, type: form.type),
            try await shop.post(path, ["data": .string(Self.png.base64), "description": "Front", "weight": 7]),
        ]
        for reply in replies {
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["content_type"] == "image/png" && reply.json["weight"] == "7")
            #expect(try await shop.fetch(reply.json["url"]).status == 200)
        }
        // One file for all three: it is kept by its content.
        #expect(shop.filesOnDisk.count == 1)
        #expect(try await shop.delete(path + "/" + replies[0].json["image_id"].text).json["deleted"] == 1)
        #expect(try await shop.delete(path + "/" + replies[0].json["image_id"].text).status == 404)
    }

    @Test func `a product by its own number takes images too`() async throws {
        let shop = try await TestShop.open()
        _ = try await shop.product("Shirt", JSONObject([.init("own_id", "ABC-1")]))
        #expect(try await shop.upload("product/own_id:ABC-1/image", Self.png, type: "image/png").status == 200)
        let row: JSON = ["data": .string(Self.png.base64)]
        let batch = try await shop.post(
            "product/batch",
            [
                ["method": "PUT", "id": "own_id:ABC-1", "body": ["images": [row]]],
                ["method": "POST", "body": ["name": "Next", "images": [row, row]]],
            ])
        #expect(batch.json["results"].elements.map { $0["body"]["images"].elements.count } == [2, 2], "\(batch.text)")
    }

    @Test func `in a batch a bad image fails its own row and says where`() async throws {
        let shop = try await TestShop.open()
        let rows: JSON = [
            ["method": "POST", "body": ["name": "Good", "images": [["data": .string(Self.png.base64)]]]],
            ["method": "POST", "body": ["name": "Bad", "images": [["data": "aGVq"]]]],
        ]
        let partial = try await shop.post("product/batch?mode=partial", rows).json["results"]
        #expect(partial.elements.map { $0["status"].integer } == [200, 422])
        #expect(partial[1]["body"]["errors"][0]["pointer"].text.hasSuffix("/images/0/data"))
        let atomic = try await shop.post("product/batch", rows)
        #expect(atomic.status == 422)
        #expect(atomic.pointers == ["/1/body/images/0/data"])
    }

    @Test func `every fault of a body's images is told at once, in its place`() async throws {
        let shop = try await TestShop.open()
        let id = try await shop.product()
        let reply = try await shop.put(
            "product/\(id)",
            [
                "images": [
                    ["data": "aGVq"], ["data": "not base64!"], [:], ["image_id": 999_999_999, "weight": 3], "x",
                    ["data": .string(Self.png.base64), "weight": "heavy"], ["url": "ftp://example.com/a.png"],
                    ["url": "https://127.0.0.1/a.png"], ["url": "http://example.com/a.png"],
                    ["data": .string(Self.png.base64), "filename": "../../a.png"], ["data": "upload:1-0"],
                ]
            ])
        #expect(reply.status == 422)
        #expect(
            reply.pointers == [
                "/images/0/data", "/images/1/data", "/images/2/data", "/images/3/image_id", "/images/4",
                "/images/5/weight",
                "/images/6/url", "/images/7/url", "/images/8/url", "/images/9/filename", "/images/10/data",
            ])
        #expect(try await shop.get("product/\(id)").json["images"] == [])
    }

    @Test func `a product has at most 100 images`() async throws {
        let shop = try await TestShop.open()
        let row: JSON = ["data": .string(Picture.png(1, 1).base64)]
        let id = try await shop.product(
            "Full", JSONObject([.init("images", .array(Array(repeating: row, count: 100)))]))
        #expect(try await shop.get("product/\(id)").json["images"].elements.count == 100)
        #expect(try await shop.put("product/\(id)", ["images": [row]]).status == 422)
    }

    @Test func `a key is good for one image, and repeats of the request get the first answer`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/image"
        let key = ["Idempotency-Key": "upload-1"]
        let form = String.form([], file: Self.png, named: "a.png")
        let first = try await shop.upload(path, form.body, type: form.type, headers: key)
        let again = try await shop.upload(path, form.body, type: form.type, headers: key)
        #expect(again.body == first.body && again[header: "Idempotent-Replayed"] == "true")
        let other = try await shop.upload(path, Picture.png(9, 9), type: "image/png", headers: key)
        #expect(other.status == 422 && other.pointers == ["/Idempotency-Key"])
    }

    @Test func `a dry run says what would be and keeps nothing, on the disk neither`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let id = try await shop.product()
        let dry = ["Prefer": "dry-run"]
        let form = String.form([], file: Self.png, named: "a.png")
        for reply in [
            try await shop.upload("product/\(id)/image", Self.png, type: "image/png", headers: dry),
            try await shop.upload("product/\(id)/image", form.body, type: form.type, headers: dry),
        ] {
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["image_id"].isNull && reply.json["width"] == 40)
        }
        let put = try await shop.put("product/\(id)", ["images": [["data": .string(Self.png.base64)]]], headers: dry)
        #expect(put.json["images"].elements.count == 1)
        #expect(try await shop.get("product/\(id)").json["images"] == [])
        #expect(shop.files(in: server.media.path) == [])
        await server.stop()
    }

    @Test func `a page of products with images costs one query more, not one each`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let row: JSON = ["data": .string(Picture.png(1, 1).base64)]
        var costs: [Int] = []
        for count in [1, 20] {
            for number in 0..<count {
                _ = try await shop.product("P\(number)", JSONObject([.init("images", [row, row])]))
            }
            _ = try await shop.get("product?limit=100")
            let before = server.storage.statements
            let page = try await shop.get("product?limit=100").json["products"].elements
            costs.append(server.storage.statements - before)
            #expect(page.allSatisfy { $0["images"].elements.count == 2 })
        }
        #expect(costs[0] == costs[1])
        await server.stop()
    }
}
