import Persistence
import Resources
import Support
import Testing

/// Shops take turns, and within a shop its lanes: one's backlog never holds up another (`Turns`).
@Suite struct QueueTurnTests {
    /// The shops of claims that a worker takes one after the other.
    private static func served(_ worker: QueueWorker, _ count: Int, in world: QueueWorld) async throws -> [Claim] {
        var served: [Claim] = []
        while served.count < count, case let claims = try await worker.next(), !claims.isEmpty {
            for claim in claims {
                served.append(claim)
                try await world.settle { try claim.done(in: $0, at: $1) }
                worker.end(claim)
            }
        }
        return served
    }

    @Test func `of places that become free the shop gets the next that has the fewest under way`() {
        var turns = Turns(TurnLimits(inAll: 4, perShop: 3, perLane: 3))
        turns.begin(1, "")
        turns.begin(1, "")
        #expect(turns.free == 2)
        #expect(turns.share(among: [1, 2], held: [:]).map(\.shop) == [2])
        #expect(turns.share(among: [1, 2], held: [2: 9]).map(\.places) == [1, 1], "others have nine of it under way")
        #expect(turns.share(among: [1], held: [:]).map(\.places) == [1], "a shop keeps to its places")
        turns.end(1, "")
        #expect(turns.free == 3)
    }

    @Test func `where all have as many under way the next turn is of who has waited longest for one`() {
        var turns = Turns(.oneAtATime)
        let order = (1...6).compactMap { _ in turns.share(among: [1, 2, 3], held: [:]).first?.shop }
        #expect(order == [1, 2, 3, 1, 2, 3])
    }

    @Test func `a shop with a long line leaves every other turn to one with a short line`() async throws {
        let world = try await QueueWorld.open(.oneAtATime)
        let other = try await TestShop.open(on: world.server)
        try await world.add(1...50)
        world.server.clock.advance(seconds: 60)
        try await world.add(1...5, of: other)
        let served = try await Self.served(world.worker(), 12, in: world)
        let places = served.indices.filter { served[$0].shop == other.id }
        #expect(places.count == 5 && places.allSatisfy { $0 <= 10 }, "\(places)")
        await world.server.stop()
    }

    @Test func `lanes take turns too, and one that is full holds up no other`() async throws {
        let world = try await QueueWorld.open(TurnLimits(inAll: 8, perShop: 4, perLane: 2))
        try await world.add(1...40, lane: "slow.test")
        let worker = world.worker()
        #expect(try await worker.next().map(\.lane) == ["slow.test", "slow.test"])
        #expect(try await worker.next() == [])
        world.server.clock.advance(seconds: 1)
        for (number, lane) in ["a.test", "b.test", "z.test"].enumerated() {
            try await world.add([Int64(100 + number)], lane: lane)
        }
        #expect(try await worker.next().map(\.lane) == ["z.test", "a.test"])
        #expect(try await worker.next() == [], "the shop has all its places")
        await world.server.stop()
    }

    @Test func `of more lanes than are looked at in one go each has its turn`() async throws {
        let world = try await QueueWorld.open(TurnLimits(inAll: 40, perShop: 40, perLane: 1))
        for number in 1...230 { try await world.add([Int64(number)], lane: "host\(number).test") }
        let served = try await Self.served(world.worker(), 230, in: world)
        #expect(Set(served.map(\.subject)).count == 230)
        await world.server.stop()
    }

    @Test func `what another process has under way of a shop counts against its next turn`() async throws {
        guard Engine.current == .postgres else { return }
        let world = try await QueueWorld.open(TurnLimits(inAll: 2, perShop: 2, perLane: 2))
        try await world.add(1...10)
        #expect(try await world.worker().next().count == 2)
        let other = try await TestShop.open(on: world.server)
        world.server.clock.advance(seconds: 1)
        try await world.add(1...10, of: other)
        #expect(try await world.worker().next().map(\.shop) == [other.id, other.id])
        await world.server.stop()
    }

    @Test func `a look at a queue in which nothing is due asks two statements at most`() async throws {
        let world = try await QueueWorld.open()
        let worker = world.worker()
        let before = world.server.storage.statements
        #expect(try await worker.next() == [])
        let asked = world.server.storage.statements - before
        #expect(asked <= 2, "\(asked)")
        await world.server.stop()
    }
}
