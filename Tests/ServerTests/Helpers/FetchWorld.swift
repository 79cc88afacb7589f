import Basics
import Commerce
import Jobs
import Outbound
import Persistence
import Resources
import Support

/// A server of ours, one of the outside world, and what fetches between them.
struct FetchWorld {
    let server: TestServer
    let shop: TestShop
    let outside: Receiver
    private let hosts: Set<String>

    /// - Parameter others: further servers of the outside that may be called.
    static func open(beside others: [Receiver] = []) async throws -> FetchWorld {
        let outside = try await Receiver()
        let hosts = Set((others + [outside]).map(\.host))
        let server = try await TestServer { $0.outbound = OutboundPolicy(exempt: hosts) }
        return FetchWorld(
            server: server, shop: try await TestShop.open(on: server), outside: outside, hosts: hosts)
    }

    /// A process that fetches images, for as long as it is told.
    var fetcher: Runner { server.imageRunner(exempt: hosts) }

    /// Fetches what is due, as a process of its own, and answers how many images that were.
    @discardableResult
    func fetch() async throws -> Int { try await fetcher.runDue() }

    /// An image claimed as another process would.
    func claim() async throws -> Claim? {
        let clock = server.clock
        let worker = QueueWorker([ImageFetches.queue], in: server.storage, as: "other") { clock.now }
        return try await worker.next().first
    }

    func url(_ path: String) -> JSON { .string("http://\(outside.host)\(path)") }

    /// A product with one image from an address.
    func product(_ path: String) async throws -> Int64 {
        try await shop.product(
            "Shirt", JSONObject([.init("images", [["url": url(path), "description": "Front"]])]))
    }

    func image(_ product: Int64) async throws -> JSON {
        try await shop.get("product/\(product)").json["images"][0]
    }

    func close() async {
        await outside.stop()
        await server.stop()
    }
}
