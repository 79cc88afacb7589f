import Resources
import Server
import Support
import Testing

/// How large bodies share the memory there is for them.
@Suite struct BodyBudgetTests {
    private static let megabyte = 1_048_576

    private static func budget(megabytes: Int, seconds: Int64) -> BodyBudget {
        var limits = Limits()
        limits.largeBodyBytes = megabytes * megabyte
        limits.largeBodySeconds = seconds
        return BodyBudget(limits)
    }

    /// A body of 16 MB that comes piece by piece.
    private static func fill(_ budget: BodyBudget, _ shop: Int64) async throws {
        let body = budget.body(of: shop, atMost: 16 * megabyte)
        defer { body.giveBack() }
        for part in 1...256 {
            try await body.hold(part * 65_536)
            await Task.yield()
        }
    }

    @Test func `who says that much will come holds nothing before it does`() async throws {
        let budget = Self.budget(megabytes: 64, seconds: 0)
        let silent = (0..<1000).map { budget.body(of: Int64($0 % 2), atMost: 16 * Self.megabyte) }
        let body = budget.body(of: 3, atMost: 16 * Self.megabyte)
        try await body.hold(16 * Self.megabyte)
        for other in silent.prefix(100) { try await other.hold(1) }
    }

    @Test func `bodies that came half do not wait for each other for ever`() async throws {
        let budget = Self.budget(megabytes: 64, seconds: 20)
        // Of eight shops, and together twice as large as there is room.
        _ = try await together(8) { number in
            try await Self.fill(budget, Int64(number))
        }
        #expect(budget.lineLength == 0)
    }

    @Test func `the same holds within one shop's half`() async throws {
        let budget = Self.budget(megabytes: 64, seconds: 20)
        _ = try await together(5) { _ in
            try await Self.fill(budget, 1)
        }
        #expect(budget.lineLength == 0)
    }

    @Test func `newcomers do not pass a large one that waits`() async throws {
        let budget = Self.budget(megabytes: 4, seconds: 60)
        let (first, second) = (
            budget.body(of: 1, atMost: 2 * Self.megabyte), budget.body(of: 2, atMost: 1_500_000)
        )
        try await first.hold(2 * Self.megabyte)
        try await second.hold(1_500_000)
        let large = Task {
            let body = budget.body(of: 3, atMost: 2 * Self.megabyte)
            try await body.hold(2 * Self.megabyte)
            return body
        }
        try await eventually("the large one in line") { budget.lineLength == 1 }
        let small = Task {
            let body = budget.body(of: 4, atMost: 300_000)
            try await body.hold(300_000)
            body.giveBack()
        }
        // There is room for it, and it is not its turn.
        try await eventually("the small one in line") { budget.lineLength == 2 }
        first.giveBack()
        let body = try await large.value
        try await small.value
        body.giveBack()
        second.giveBack()
    }

    @Test func `who waits for the own shop's half holds up nobody else`() async throws {
        let budget = Self.budget(megabytes: 4, seconds: 60)
        let first = budget.body(of: 1, atMost: 2 * Self.megabyte)
        try await first.hold(2 * Self.megabyte)
        let waiting = Task {
            let body = budget.body(of: 1, atMost: Self.megabyte)
            try await body.hold(Self.megabyte)
            body.giveBack()
        }
        try await eventually("the second in line") { budget.lineLength == 1 }
        try await budget.body(of: 2, atMost: Self.megabyte).hold(Self.megabyte)
        #expect(budget.lineLength == 1)
        first.giveBack()
        try await waiting.value
    }

    @Test func `who has waited too long is told, and gives back what it had`() async throws {
        let budget = Self.budget(megabytes: 4, seconds: 1)
        let first = budget.body(of: 1, atMost: 2 * Self.megabyte)
        try await first.hold(2 * Self.megabyte - 1)
        let second = budget.body(of: 1, atMost: Self.megabyte)
        let problem = await #expect(throws: Problem.self) { try await second.hold(Self.megabyte) }
        #expect(problem?.code == "large_bodies")
        second.giveBack()
        #expect(budget.lineLength == 0)
        try await first.hold(2 * Self.megabyte)
    }
}
