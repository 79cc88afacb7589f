import Areas
import Basics
import Commerce
import Jobs
import Media
import Outbound
import Persistence
import Resources
import Support
import Testing

/// Images given by address are fetched in the background (issue 3, item 2; CONTRACT 6, "Outgoing calls").
@Suite struct ImageFetchTests {
    @Test func `an image by address is there at once without its bytes, and with them soon`() async throws {
        let world = try await FetchWorld.open()
        world.outside.answer("/a.png?v=1", .init(200, Picture.png(40, 30)))
        let id = try await world.product("/a.png?v=1")
        let waiting = try await world.image(id)
        #expect(waiting["url"].isNull && waiting["source_url"] == world.url("/a.png?v=1") && waiting["error"].isNull)
        #expect(world.outside.asked == [])
        let before = try await world.shop.events().count
        #expect(try await world.fetch() == 1)
        let image = try await world.image(id)
        #expect(image["width"] == 40 && image["content_type"] == "image/png" && image["error"].isNull)
        #expect(try await world.shop.fetch(image["url"]).status == 200)
        let events = try await world.shop.events().dropFirst(before)
        #expect(events.map { $0["type"].text }.sorted() == ["product", "product.updated"])
        #expect(events.last?["data"]["images"][0] == image)
        #expect(try await world.fetch() == 0)
        #expect(world.outside.asked == ["/a.png?v=1"])
        await world.close()
    }

    @Test func `a failure that may pass is tried a few times, each when it is due, and then its error stays`()
        async throws
    {
        let world = try await FetchWorld.open()
        world.outside.answer("/a.png", .init(503))
        let id = try await world.product("/a.png")
        for (attempt, wait) in [30, 300, 1800, 100_000].enumerated() {
            #expect(try await world.fetch() == 1, "attempt \(attempt)")
            #expect(try await world.image(id)["error"].text == "the host answered 503")
            #expect(try await world.fetch() == 0)
            world.server.clock.advance(seconds: Int64(wait) - 1)
            #expect(try await world.fetch() == 0)
            world.server.clock.advance(seconds: 1)
        }
        #expect(world.outside.asked.count == 4)
        await world.close()
    }

    @Test func `a failure that passes leaves no error behind`() async throws {
        let world = try await FetchWorld.open()
        var broken = Receiver.Answer(200, Array(Picture.png(9, 9).dropLast(9)))
        broken.breaksOff = true
        world.outside.answer("/a.png", .init(500), broken, .init(200, Picture.png(9, 9)))
        let id = try await world.product("/a.png")
        try await world.fetch()
        #expect(try await world.image(id)["error"].text == "the host answered 500")
        world.server.clock.advance(seconds: 30)
        try await world.fetch()
        #expect(try await world.image(id)["error"].text == "the connection ended before the answer was whole")
        world.server.clock.advance(seconds: 300)
        try await world.fetch()
        let image = try await world.image(id)
        #expect(image["error"].isNull && image["width"] == 9)
        await world.close()
    }

    @Test func `what will not get better is not tried again`() async throws {
        let world = try await FetchWorld.open()
        let location = [("Location", "http://\(world.outside.host)/real.png")]
        let cases: [(String, Receiver.Answer, String)] = [
            ("/gone", .init(404), "the host answered 404"),
            ("/moved", .init(302, headers: location), "the host answered 302"),
            ("/text", .init(200, Array("<html>".utf8)), "what is there is no image we take"),
            ("/bomb", .init(200, Picture.gif(frames: 10_000)), "what is there has more than 100 frames"),
            ("/huge", .init(200, [UInt8](repeating: 0, count: FileLimits.bytesMax + 1)), "the answer is too large"),
        ]
        world.outside.answer("/real.png", .init(200, Picture.png(3, 3)))
        for (path, answer, error) in cases {
            world.outside.answer(path, answer)
            let id = try await world.product(path)
            try await world.fetch()
            let image = try await world.image(id)
            #expect(image["error"].text.hasPrefix(error), "\(path): \(image["error"].text)")
            #expect(image["url"].isNull)
            world.server.clock.advance(seconds: 100_000)
            #expect(try await world.fetch() == 0)
        }
        #expect(world.outside.asked == cases.map { $0.0 }, "a redirect was followed, or something was asked twice")
        #expect(world.shop.files(in: world.server.media.path) == [])
        await world.close()
    }

    @Test func `addresses that are not public are refused at once, and not called if they got in`() async throws {
        let world = try await FetchWorld.open()
        let id = try await world.shop.product()
        let refused = try await world.shop.post(
            "product/\(id)/image", ["url": "https://169.254.169.254/latest/meta-data"])
        #expect(refused.status == 422 && refused.pointers == ["/url"])
        // An id that is none does not make it an image that we have shown.
        for none: JSON in [nil, ""] {
            let row: JSON = ["url": "https://169.254.169.254/latest/meta-data", "image_id": none]
            let again = try await world.shop.post("product/\(id)/image", row)
            #expect(again.status == 422 && again.pointers == ["/url"])
        }
        // A port of the same machine that is not on the list; imported without the door, so only the call can refuse it.
        let other = try await Receiver()
        let tenant = try await world.shop.tenant
        let (now, address) = (world.server.clock.now, "https://\(other.host)/a.png")
        try await world.server.storage.transact(in: tenant, at: now, as: "import") { tx in
            let body = JSONObject([.init("images", [["url": .string(address)]])])
            let product = try tx.take(Product.self, id)
            _ = try ResourceEndpoints<Product>.write(body, over: product, isStrict: false, tx)
        }
        try await world.fetch()
        #expect(try await world.image(id)["error"].text == "the address is not on the public Internet")
        #expect(other.asked == [])
        await other.stop()
        await world.close()
    }

    @Test func `of several processes one fetches each image`() async throws {
        let world = try await FetchWorld.open()
        for number in 0..<12 {
            world.outside.answer("/\(number).png", .init(200, Picture.png(3, 3 + number)))
            _ = try await world.product("/\(number).png")
        }
        let counts = try await together(6) { _ in
            var count = 0
            for _ in 0..<12 { count += try await world.fetch() }
            return count
        }
        #expect(counts.reduce(0, +) == 12)
        #expect(world.outside.asked.count == 12 && Set(world.outside.asked).count == 12)
        let products = try await world.shop.get("product?limit=100").json["products"].elements
        #expect(products.allSatisfy { !$0["images"][0]["url"].isNull })
        await world.close()
    }

    @Test func `a process that dies with a claim leaves it to the next one`() async throws {
        let world = try await FetchWorld.open()
        world.outside.answer("/a.png", .init(200, Picture.png(3, 3)))
        let id = try await world.product("/a.png")
        let claim = try #require(try await world.claim())
        #expect(claim.attempts == 1)
        #expect(try await world.fetch() == 0)
        world.server.clock.advance(seconds: Claim.leaseSeconds)
        #expect(try await world.fetch() == 1)
        #expect(try await world.image(id)["width"] == 3)
        await world.close()
    }

    @Test func `an image at which a process dies in each of its tries is given up, and says so`() async throws {
        let world = try await FetchWorld.open()
        world.outside.answer("/a.png", .init(200, Picture.png(3, 3)))
        let id = try await world.product("/a.png")
        for attempt in 1...4 as ClosedRange<Int64> {
            #expect(try await world.claim()?.attempts == attempt)
            world.server.clock.advance(seconds: Claim.leaseSeconds)
        }
        #expect(try await world.fetch() == 1)
        #expect(try await world.image(id)["error"].text.hasPrefix("the server ended while it fetched this"))
        #expect(world.outside.asked == [])
        world.server.clock.advance(seconds: 100_000)
        #expect(try await world.fetch() == 0)
        await world.close()
    }

    @Test func `an image removed while it is fetched stays removed`() async throws {
        let world = try await FetchWorld.open()
        let id = try await world.product("/a.png")
        let image = try await world.image(id)["image_id"].text
        let claim = try #require(try await world.claim())
        try await world.shop.delete("product/\(id)/image/\(image)")
        let (tenant, now) = (try await world.shop.tenant, world.server.clock.now)
        let upload = try await world.server.media.keep(Picture.png(3, 3), as: .image, shop: world.shop.id).get()
        let before = try await world.shop.events().count
        await #expect(throws: LeaseLost.self) {
            try await world.server.storage.transact(in: tenant, at: now, as: "late") {
                try ImageFetches.succeed(claim, upload, among: House.resources, in: $0)
            }
        }
        #expect(try await world.shop.get("product/\(id)").json["images"] == [])
        #expect(try await world.shop.events().count == before)
        await world.close()
    }
}
