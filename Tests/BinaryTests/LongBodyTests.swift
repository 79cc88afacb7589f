import Foundation
import Resources
import Support
import Synchronization
import Testing

/// What the long work for one client costs the others: processor time, and no waiting behind it.
@Suite struct LongBodyTests {
    /// As large as a batch may be, and made of escapes, which are the slowest to read.
    private static let escapes: [UInt8] = {
        let (start, end) = (#"[{"method":"POST","body":{"name":""#, #""}}]"#)
        let count = (16 * 1_048_576 - start.utf8.count - end.utf8.count) / 6
        return Array((start + String(repeating: #"\u0041"#, count: count) + end).utf8)
    }()

    /// Asks again and again until told to stop, each time on a connection of its own, so that sooner or later one comes to
    /// the event loop of the large body. Notes how long each answer took.
    private static func ask(_ path: String, _ client: Client, _ times: Times) async throws {
        while !times.isOver.load(ordering: .relaxed) {
            let began = ContinuousClock.now
            let reply = try await HTTP.send(
                "GET", path, headers: ["Authorization": "Bearer \(client.token)"], port: client.port)
            #expect(reply.status == 200)
            times.all.withLock { $0.append(began.duration(to: .now)) }
        }
    }

    private final class Times: Sendable {
        let all = Mutex<[Duration]>([])
        let isOver = Atomic(false)
    }

    @Test func `while sixteen megabytes of escapes are read, everybody else is answered`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        let (body, times) = (Self.escapes, Times())
        defer { times.isOver.store(true, ordering: .relaxed) }
        let others = Task {
            try await together(2) { number in
                try await Self.ask(number == 0 ? "/REST/product/\(product)" : "/livez", client, times)
            }
        }
        let began = ContinuousClock.now
        let reply = try await HTTP.send(
            "POST", "/REST/brand/batch", body: body,
            headers: ["Authorization": "Bearer \(client.token)", "Content-Type": "application/json"],
            port: client.port)
        let whole = began.duration(to: .now)
        let meanwhile = times.all.withLock { $0.count }
        times.isOver.store(true, ordering: .relaxed)
        _ = try await others.value
        #expect((reply.status, reply.pointers) == (422, ["/0/body/name"]), "\(reply.text.prefix(300))")
        // On the event loop it would be nearly all of that time, and a few answers before.
        let slowest = try #require(times.all.withLock { $0.max() })
        #expect(slowest < whole / 3, "the slowest took \(slowest) of \(whole)")
        #expect(meanwhile > 100, "\(meanwhile) answers in \(whole)")
        #expect(try await serving.stop() == 0)
    }
}
