import Basics
import Media
import Resources
import Support
import Testing

/// What the public sees of an image (fact sheet 1.12).
@Suite struct RenditionTests {
    /// A product's image, and the address of its renditions up to the last part.
    private static func image(
        _ bytes: [UInt8], in shop: TestShop
    ) async throws -> (url: JSON, other: @Sendable (String) -> JSON) {
        let path = "product/\(try await shop.product())/image?description=Front"
        let reply = try await shop.upload(path, bytes, type: "image/png")
        try #require(reply.status == 200, "\(reply.text)")
        let url = reply.json["url"].text
        let base = url.prefix(through: try #require(url.lastIndex(of: "/")))
        return (.string(url), { .string(base + $0) })
    }

    /// Type and sides of an image in an answer.
    private static func look(_ reply: Reply) -> String {
        let header = reply.body.withUnsafeBytes { try? ImageHeader.read($0) }
        return header.map { "\($0.type.rawValue) \($0.width)x\($0.height)" }
            ?? "\(reply.status) \(reply.text.prefix(80))"
    }

    @Test func `fit keeps all of an image within a frame and box fills the frame, in any format`() async throws {
        let shop = try await TestShop.open()
        let (url, other) = try await Self.image(Picture.png(400, 300), in: shop)
        #expect(url.text.hasSuffix("/front-fit-1000x1000x90.png"))
        #expect(Self.look(try await shop.fetch(url)) == "png 400x300")
        for (name, look) in [
            ("fit-100x100x90.png", "png 100x75"), ("box-100x100x90.png", "png 100x100"),
            ("front-fit-200x50x75.jpg", "jpeg 67x50"), ("any-words-box-60x80x75.webp", "webp 60x80"),
            ("box-500x500x90.jpg", "jpeg 500x500"), ("fit-80x80x50.avif", "avif 80x60"),
            ("fit-40x40x1.gif", "gif 40x30"),
            ("fit-90x90x90.jpeg", "jpeg 90x68"),
        ] {
            let reply = try await shop.fetch(other(name))
            #expect(Self.look(reply) == look, "\(name)")
            #expect(reply[header: "Content-Type"] == "image/" + look.prefix { $0 != " " }, "\(name)")
        }
    }

    @Test func `an animation stays one where the format can`() async throws {
        let shop = try await TestShop.open()
        let (url, other) = try await Self.image(Picture.gif(frames: 5), in: shop)
        for (address, frames) in [(url, 5), (other("fit-2x2x80.webp"), 5), (other("fit-2x2x80.png"), 1)] {
            let body = try await shop.fetch(address).body
            #expect(try body.withUnsafeBytes { try ImageHeader.read($0) }.frames == frames, "\(address.text)")
        }
    }

    @Test func `a rendition may be kept for ever, is known by its tag, and is safe to show`() async throws {
        let shop = try await TestShop.open()
        let (url, other) = try await Self.image(Picture.png(40, 30), in: shop)
        let reply = try await shop.fetch(url)
        #expect(reply[header: "Cache-Control"] == "public, max-age=31536000, immutable")
        #expect(reply[header: "X-Content-Type-Options"] == "nosniff")
        #expect(reply[header: "Content-Security-Policy"] == "default-src 'none'; sandbox")
        #expect(reply[header: "Accept-Ranges"] == "bytes")
        #expect(reply[header: "Content-Length"] == String(reply.body.count))
        let tag = try #require(reply[header: "ETag"])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
        let same = try await shop.fetch(url, headers: ["If-None-Match": tag])
        #expect(same.status == 304 && same.body.isEmpty && same[header: "ETag"] == tag)
        #expect(same[header: "Cache-Control"] == reply[header: "Cache-Control"])
        #expect(try await shop.fetch(other("fit-30x30x90.png"))[header: "ETag"] != tag)
        let head = try await shop.fetch(url, method: "HEAD")
        #expect(head.body.isEmpty && head[header: "Content-Length"] == String(reply.body.count))
        #expect(try await shop.fetch(url, method: "POST").status == 405)
    }

    @Test func `stretches of a rendition are 206, and what lies outside is 416`() async throws {
        let shop = try await TestShop.open()
        let (url, _) = try await Self.image(Picture.png(400, 300), in: shop)
        let whole = try await shop.fetch(url)
        let size = whole.body.count
        let tag = try #require(whole[header: "ETag"])
        for (range, expected) in [
            ("bytes=0-9", 0..<10), ("bytes=5-", 5..<size), ("bytes=-7", size - 7..<size), ("bytes=3-3", 3..<4),
            ("bytes=10-99999999", 10..<size), ("bytes=-99999999", 0..<size),
        ] {
            let part = try await shop.fetch(url, headers: ["Range": range])
            #expect(part.status == 206 && part.body == Array(whole.body[expected]), "\(range)")
            #expect(
                part[header: "Content-Range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)",
                "\(range)")
        }
        for range in ["bytes=\(size)-", "bytes=-0", "bytes=99999999-99999999", "bytes=9223372036854775808-"] {
            let none = try await shop.fetch(url, headers: ["Range": range])
            #expect(none.status == 416 && none[header: "Content-Range"] == "bytes */\(size)", "\(range)")
        }
        for range in ["bytes=0-1,3-4", "items=0-1", "bytes=5-2", "bytes=a-b", "bytes=", "bytes=-"] {
            let reply = try await shop.fetch(url, headers: ["Range": range])
            #expect(reply.status == 200 && reply.body == whole.body, "\(range)")
        }
        #expect(try await shop.fetch(url, headers: ["Range": "bytes=0-9", "If-Range": tag]).status == 206)
        #expect(try await shop.fetch(url, headers: ["Range": "bytes=0-9", "If-Range": "\"other\""]).status == 200)
        #expect(try await shop.fetch(url, headers: ["Range": "bytes=0-9", "If-None-Match": tag]).status == 304)
    }

    @Test func `sizes that are not allowed, and addresses of nothing, are 404`() async throws {
        let shop = try await TestShop.open()
        let (_, other) = try await Self.image(Picture.png(4, 3), in: shop)
        for name in [
            "fit-2001x10x90.png", "fit-10x2001x90.png", "fit-0x10x90.png", "fit-10x10x101.png", "fit-10x10x0.png",
            "fit-10x10.png", "fit-10x10x90.svg", "fit-10x10x90", "cut-10x10x90.png", "fit-010x10x90.png", "original",
            "fit-99999999999999999999x1x1.png", "-10x10x90.png", "fit-10x10x90.png/..", "fit--10x10x90.png",
            "..%2foriginal",
        ] {
            #expect(try await shop.fetch(other(name)).status == 404, "\(name)")
        }
        for path in [
            "/cache", "/cache/", "/cache/1", "/cache/0/fit-1x1x1.png", "/cache/12/fit-1x1x1.png", "/cache/../x",
        ] {
            #expect(try await shop.anonymous("GET", path).status == 404, "\(path)")
        }
    }

    @Test func `one rendition that many ask for at once is made once`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        let (_, other) = try await Self.image(Picture.png(900, 700), in: shop)
        let replies = try await together(24) { _ in try await shop.fetch(other("fit-300x300x80.webp")) }
        #expect(replies.allSatisfy { $0.status == 200 && $0.body == replies[0].body })
        #expect(await server.media.made == 1)
        #expect(try await shop.fetch(other("box-300x300x80.webp")).status == 200)
        #expect(await server.media.made == 2)
        await server.stop()
    }

    @Test func `an image keeps a bounded number of renditions`() async throws {
        let shop = try await TestShop.open()
        let (_, other) = try await Self.image(Picture.png(4, 3), in: shop)
        var counts: [Int] = []
        for side in 1...70 {
            #expect(try await shop.fetch(other("fit-\(side)x\(side)x90.png")).status == 200)
            counts.append(shop.files(in: "\(shop.server.media.path)/\(shop.id)").count)
        }
        // The original, and as many as are kept.
        #expect(counts.max() == 61 && counts.last == 61)
        #expect(try await shop.fetch(other("fit-1x1x90.png")).status == 200)
    }

    @Test func `a picture from a camera held upright has the sides it is shown with`() async throws {
        let shop = try await TestShop.open()
        let path = "product/\(try await shop.product())/image"
        let png = Picture.png(60, 40)
        let lying = try Picture.converted(png, to: "jpg")
        let upright = Picture.turned(lying, orientation: 6)
        let header = Array(png.prefix(33))
        for (bytes, width, height) in [
            (lying, 60, 40), (Picture.turned(lying, orientation: 1), 60, 40), (upright, 40, 60),
            (Picture.turned(lying, orientation: 3), 60, 40), (Picture.turned(lying, orientation: 8), 40, 60),
            (header + Picture.chunk("eXIf", Picture.exif(orientation: 5)) + png.dropFirst(33), 40, 60),
        ] {
            let image = try await shop.upload(path, bytes, type: "image/jpeg").json
            #expect((image["width"].integer, image["height"].integer) == (Int64(width), Int64(height)))
            let shown = Self.look(try await shop.fetch(image["url"]))
            #expect(shown.hasSuffix(" \(width)x\(height)"), "\(shown)")
        }
    }

    @Test func `a shop's own host shows its images and no other shop's`() async throws {
        let server = try await TestServer()
        let owner = try await TestShop.open(on: server)
        let other = try await TestShop.open(on: server)
        for (shop, domain) in [(owner, "owner.example"), (other, "other.example")] {
            #expect(try await shop.put("shop", ["domains": [.string(domain)]]).status == 200)
        }
        server.clock.advance(seconds: 6)
        let path = "product/\(try await owner.product())/image"
        let url = try await owner.upload(path, Picture.png(4, 3), type: "image/png").json["url"].text
        #expect(url.hasPrefix("https://owner.example/cache/"))
        let address = String(url.dropFirst("https://owner.example".count))
        for (host, status) in [("owner.example", 200), ("other.example", 404), ("butik.test", 200)] {
            #expect(try await owner.anonymous("GET", address, headers: ["Host": host]).status == status, "\(host)")
        }
        await server.stop()
    }

    @Test func `a picture with a name from the page's file name is found by any slug`() async throws {
        let shop = try await TestShop.open()
        let (url, other) = try await Self.image(Picture.png(4, 3), in: shop)
        let first = try await shop.fetch(url)
        #expect(try await shop.fetch(other("something-else-fit-1000x1000x90.png")).body == first.body)
        #expect(try await shop.fetch(other("fit-1000x1000x90.png")).body == first.body)
    }
}
