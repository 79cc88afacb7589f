import Basics
import Commerce
import Jobs
import Logging
import Media
import Outbound
import Persistence
import Resources
import Support

/// A server of ours, one of the outside world, and a keeper between them.
struct FetchWorld {
    let server: TestServer
    let shop: TestShop
    let outside: Receiver
    private let policy: OutboundPolicy

    /// - Parameter others: further servers of the outside that may be called.
    static func open(beside others: Receiver...) async throws -> FetchWorld {
        let outside = try await Receiver()
        let policy = OutboundPolicy(exempt: Set((others + [outside]).map(\.host)))
        let server = try await TestServer { $0.outbound = policy }
        return FetchWorld(
            server: server, shop: try await TestShop.open(on: server), outside: outside, policy: policy)
    }

    var keeper: MediaKeeper { keeper(server.storage) }

    func keeper(_ storage: any Storage) -> MediaKeeper {
        let clock = server.clock
        return MediaKeeper(
            storage, server.media, OutboundClient(policy), publicURL: TestServer.publicURL, clock: { clock.now },
            logger: Logger(label: "test"))
    }

    /// An image claimed as another process would.
    func claim() async throws -> ImageFetches.Claim? {
        try await ImageFetches.claim(FetchTurns(), at: server.clock.now, in: server.storage)
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
