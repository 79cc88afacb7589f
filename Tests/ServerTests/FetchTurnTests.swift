import Basics
import Commerce
import Jobs
import Outbound
import Resources
import Support
import Testing
import Transfers

/// Images are fetched in turns: who is given addresses that say nothing waits for them alone (CONTRACT 6, "Outgoing calls").
@Suite struct FetchTurnTests {
    private static func images(_ urls: [JSON]) -> JSONObject {
        JSONObject([.init("images", .array(urls.map { .member("url", $0) }))])
    }

    private static func hasArrived(_ product: Int64, in shop: TestShop) async throws -> Bool {
        try await shop.get("product/\(product)").json["images"][0]["width"] == 7
    }

    @Test func `addresses that say nothing keep no other shop's picture waiting, and no other host's`() async throws {
        let good = try await Receiver()
        good.answer("/good.png", .init(200, Picture.png(7, 7)))
        let world = try await FetchWorld.open(beside: [good])
        let other = try await TestShop.open(on: world.server)
        var silent = Receiver.Answer()
        silent.isSilent = true
        world.outside.answer("/silent.png", silent)
        world.outside.answer("/good.png", .init(200, Picture.png(7, 7)))
        _ = try await world.shop.product(
            "Slow", Self.images(Array(repeating: world.url("/silent.png"), count: 24)))
        let running = Task { [fetcher = world.fetcher] in try await fetcher.run() }
        try await eventually("a host that says nothing") {
            world.outside.asked.count == ImageFetches.queue.limits.perLane
        }
        let (theirs, ours) = (
            try await other.product("Theirs", Self.images([world.url("/good.png")])),
            try await world.shop.product("Ours", Self.images([.string("http://\(good.host)/good.png")]))
        )
        try await eventually("a picture of another shop", seconds: 5) { try await Self.hasArrived(theirs, in: other) }
        try await eventually("a picture of another host", seconds: 5) {
            try await Self.hasArrived(ours, in: world.shop)
        }
        #expect(world.outside.asked.filter { $0 == "/silent.png" }.count == ImageFetches.queue.limits.perLane)
        running.cancel()
        _ = await running.result
        await good.stop()
        await world.close()
    }

    @Test func `24 hosts that say nothing delay another shop's picture by less than two seconds`() async throws {
        var silent = Receiver.Answer()
        silent.isSilent = true
        var hosts: [Receiver] = []
        for _ in 1...24 {
            hosts.append(try await Receiver())
            hosts.last?.answer("/silent.png", silent)
        }
        let world = try await FetchWorld.open(beside: hosts)
        let other = try await TestShop.open(on: world.server)
        world.outside.answer("/good.png", .init(200, Picture.png(7, 7)))
        _ = try await world.shop.product("Slow", Self.images(hosts.map { .string("http://\($0.host)/silent.png") }))
        let running = Task { [fetcher = world.fetcher] in try await fetcher.run() }
        try await eventually("hosts that say nothing") {
            hosts.reduce(0) { $0 + $1.asked.count } == ImageFetches.queue.limits.perShop
        }
        let start = ContinuousClock.now
        let theirs = try await other.product("Theirs", Self.images([world.url("/good.png")]))
        try await eventually("a picture of another shop", seconds: 5) { try await Self.hasArrived(theirs, in: other) }
        let time = ContinuousClock.now - start
        #expect(time < .seconds(2), "\(time)")
        running.cancel()
        _ = await running.result
        for host in hosts { await host.stop() }
        await world.close()
    }

    @Test func `a shop with many pictures leaves the next turn to a shop with one`() async throws {
        let world = try await FetchWorld.open()
        let other = try await TestShop.open(on: world.server)
        let many = (1...60).map { "/\($0).png" }
        for path in many + ["/one.png"] { world.outside.answer(path, .init(200, Picture.png(7, 7))) }
        _ = try await world.shop.product("Many", Self.images(many.map { world.url($0) }))
        world.server.clock.advance(seconds: 1)
        let one = try await other.product("One", Self.images([world.url("/one.png")]))
        #expect(try await world.fetch() == 61)
        #expect(try await Self.hasArrived(one, in: other))
        let turn = try #require(world.outside.asked.firstIndex(of: "/one.png"))
        #expect(turn <= ImageFetches.queue.limits.inAll)
        await world.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a name server that says nothing takes no longer than the call may, and nothing of who gives up`()
        async throws
    {
        let (never, end) = AsyncStream<Void>.makeStream()
        var limits = OutboundClient.Limits()
        limits.whole = .milliseconds(200)
        let lookUp: @Sendable (String) async -> [NetworkAddress] = { _ in
            // Not to be cancelled, as the system's resolver is not.
            await Task.detached { for await _ in never {} }.value
            return []
        }
        let request = OutboundClient.Request("GET", try OutboundURL("https://hangs.test/a.png"))
        let client = OutboundClient(OutboundPolicy(), by: TestServer.calls, limits: limits, lookUp: lookUp)
        await #expect(throws: OutboundClient.Failure.timeout) { try await client.send(request) }
        let patient = OutboundClient(OutboundPolicy(), by: TestServer.calls, lookUp: lookUp)
        let waiting = Task { try await patient.send(request) }
        waiting.cancel()
        await #expect(throws: (any Error).self) { try await waiting.value }
        end.finish()
    }
}
