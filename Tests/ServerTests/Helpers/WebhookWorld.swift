import Basics
import Commerce
import Jobs
import Outbound
import Persistence
import Resources
import Support
import Testing
import Transfers

/// Shops that tell a receiver of what happens, over servers that may call it.
struct WebhookWorld {
    let receiver: Receiver
    let server: TestServer

    /// The one that tests share: a path of the receiver is a test's own.
    static var shared: WebhookWorld { get async throws { try await sharing.value } }
    private static let sharing = Task { try await WebhookWorld() }

    /// - Parameter exempt: further hosts that may be called.
    init(exempt: Set<String> = []) async throws {
        let receiver = try await Receiver()
        let policy = OutboundPolicy(exempt: exempt.union([receiver.host]))
        self.receiver = receiver
        server = try await TestServer { $0.outbound = policy }
    }

    /// A shop of a test's own.
    func shop() async throws -> TestShop { try await TestShop.open(on: server) }

    /// Has a shop tell a path of the receiver, which answers 200 where nothing else is said.
    @discardableResult
    func hook(
        _ shop: TestShop, _ path: String, _ topics: [String] = ["order_created"], _ more: JSONObject = JSONObject(),
        answers: [Receiver.Answer] = [.init(200)]
    ) async throws -> JSON {
        receiver.answer(path, answers)
        var body = more
        body.append("url", .string(url(path)))
        body.append("events", .array(topics.map { .string($0) }))
        let reply = try await shop.post("webhook", .object(body))
        #expect(reply.status == 200, "\(reply.text)")
        return reply.json
    }

    func url(_ path: String) -> String { "http://\(receiver.host)\(path)" }

    /// A process that tells webhooks of things.
    func sender(
        exempt: Set<String> = [], on storage: (any Storage)? = nil, limits: OutboundClient.Limits = .init(),
        lookUp: @escaping @Sendable (String) async -> [NetworkAddress] = Resolver.addresses
    ) -> Runner {
        let client = OutboundClient(
            OutboundPolicy(exempt: exempt.union([receiver.host])), by: TestServer.calls, limits: limits, lookUp: lookUp)
        return server.runner(WebhookSender(client, publicURL: TestServer.publicURL).jobs, on: storage)
    }

    /// Looks for what happened, and tells webhooks of what is due, until nothing is.
    func tell(_ sender: Runner? = nil, on storage: (any Storage)? = nil) async throws {
        let sender = sender ?? self.sender(on: storage)
        var count = 1
        while count > 0 {
            try await server.doEverywhere(Webhooks.area.jobs, on: storage)
            count = try await sender.runDue()
        }
    }

    /// The same behind some seconds.
    func tell(after seconds: Int64) async throws {
        server.clock.advance(seconds: seconds)
        try await tell()
    }

    /// Types and ids of what a path was told, in order.
    func told(_ path: String) -> [String] {
        receiver.calls(path).map { "\($0.json["type"].text) \($0.json["data"]["order_id"].integer)" }
    }
}

extension TestServer {
    /// Does what each process does by timers of its own.
    func doEverywhere(_ jobs: [Job], on storage: (any Storage)? = nil) async throws {
        for case .everywhere(_, _, _, let work) in jobs.map(\.trigger) { try await work(jobContext(on: storage)) }
    }
}
