package import Basics
import Commerce
package import Logging
package import Media
import Outbound
package import Persistence
import Resources
import ServiceLifecycle

/// Looks after the media folder: fetches images that were given by address, and lets go of bytes that nobody shows.
package struct MediaKeeper: Service {
    private let storage: any Storage
    private let library: MediaLibrary
    private let client: OutboundClient
    private let publicURL: String
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let turns = FetchTurns()

    package init(
        _ storage: any Storage, _ library: MediaLibrary, _ client: OutboundClient, publicURL: String,
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.storage = storage
        self.library = library
        self.client = client
        self.publicURL = publicURL
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keepFetching() }
            group.addTask { await every(.seconds(600), "sweep the media folder", logger) { try await sweep() } }
        }
    }

    // MARK: Fetching

    /// Begins what is due each second, whatever is still under way.
    private func keepFetching() async {
        await withDiscardingTaskGroup { group in
            let (rounds, next) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                await every(.seconds(1), "begin to fetch", logger) { next.yield() }
                next.finish()
            }
            for await _ in rounds {
                group.addTask {
                    do { try await fetch() } catch {
                        // What is broken off when the server stops is fetched by the next one.
                        if !Task.isCancelled { logger.error("could not fetch images: \(error)") }
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Fetches what is due, as many at once as have their turn, and answers how many that were. Who is through takes the next.
    @discardableResult
    package func fetch() async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            while let claim = try await ImageFetches.claim(turns, at: clock(), in: storage) {
                group.addTask { try await fetchOn(from: claim) }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Fetches an image, and then one after the other while there is one whose turn it is.
    private func fetchOn(from first: ImageFetches.Claim) async throws -> Int {
        var count = 0
        var next = Optional(first)
        while let claim = next {
            do {
                defer { turns.end(claim) }
                try await fetch(claim)
            }
            count += 1
            next = try await ImageFetches.claim(turns, at: clock(), in: storage)
        }
        return count
    }

    private func fetch(_ claim: ImageFetches.Claim) async throws {
        switch try await outcome(of: claim) {
        case .here(let upload): try await settle(claim) { try ImageFetches.succeed(claim, upload, in: $0) }
        case .failed(let reason, let again):
            try await settle(claim) { try ImageFetches.fail(claim, reason, again: again, in: $0) }
        }
    }

    private enum Outcome {
        case here(Upload)
        case failed(String, again: Bool)
    }

    private func outcome(of claim: ImageFetches.Claim) async throws -> Outcome {
        let url: OutboundURL
        do throws(OutboundURL.Refused) {
            url = try OutboundURL(claim.url)
        } catch {
            return .failed("the address \(error.description)", again: false)
        }
        var request = OutboundClient.Request("GET", url)
        request.headers = [("Accept", "image/avif, image/webp, image/png, image/jpeg, image/gif")]
        request.answerMax = FileLimits.bytesMax
        let reply: OutboundClient.Reply
        do {
            reply = try await client.send(request)
        } catch let failure as OutboundClient.Failure {
            return .failed(failure.description, again: failure.mayPass)
        }
        guard reply.status == 200 else {
            let again = reply.status >= 500 || reply.status == 429 || reply.status == 408
            return .failed("the host answered \(reply.status)", again: again)
        }
        do {
            switch try await library.keep(reply.body, as: .image, shop: claim.shop) {
            case .success(let upload): return .here(upload)
            case .failure(let fault): return .failed("what is there " + fault.message, again: false)
            }
        } catch let problem as Problem {
            return .failed(problem.detail, again: true)
        }
    }

    /// One transaction in the shop whose image it is.
    private func settle(
        _ claim: ImageFetches.Claim, _ work: @escaping @Sendable (Transaction) throws -> Void
    ) async throws {
        let tenant = try await storage.read { [publicURL] in
            try Shop.tenant(claim.shop, in: $0, publicURL: publicURL)
        }
        guard let tenant else { return }
        try await storage.transact(in: tenant, at: clock(), as: "image-\(claim.imageID)-\(claim.attempts)", work)
    }

    // MARK: Sweeping

    /// Lets go of bytes that nothing shows any more, if the folder is this database's; and in any case brings back those
    /// that its rows name.
    @discardableResult
    package func sweep() async throws -> MediaLibrary.Swept {
        let databaseID = try await MediaOwners.databaseID(in: storage, or: MediaOwners.newDatabaseID())
        let isOwner = try await library.belongs(to: databaseID)
        if !isOwner {
            logger.warning(
                """
                \(library.path) is another database's: nothing in it is ever removed by this one. If that one is lost, \
                remove \(library.path)/database
                """)
        }
        let swept = try await library.sweep(at: clock(), isOwner: isOwner) { hashes, shop in
            try await MediaOwners.used(hashes, shop: shop, in: storage)
        }
        if swept.broughtBack > 0 {
            logger.warning(
                """
                \(swept.broughtBack) files lay aside in \(library.path) though they are in use: a restore was undone, or a \
                copy of this database uses the folder too, and should have one of its own
                """)
        }
        return swept
    }
}

extension OutboundClient.Failure {
    /// Whether the same call may do better later.
    fileprivate var mayPass: Bool {
        switch self {
        case .refused, .tooLarge: false
        case .unreachable, .insecure, .timeout, .brokenOff: true
        }
    }
}
