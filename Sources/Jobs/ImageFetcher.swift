import Basics
import Commerce
package import Media
import Outbound
import Persistence
package import Resources
package import Transfers

/// Fetches images that were given by address.
package struct ImageFetcher: Sendable {
    private let library: MediaLibrary
    private let client: OutboundClient
    private let resources: [any Resource.Type]

    /// - Parameter resources: all there are, of which some have pictures.
    package init(_ library: MediaLibrary, _ client: OutboundClient, for resources: [any Resource.Type]) {
        self.library = library
        self.client = client
        self.resources = resources
    }

    package var jobs: [Job] { [Job(ImageFetches.queue) { try await fetch($0, $1) }] }

    private func fetch(_ claim: Claim, _ context: JobContext) async throws -> JobEnd {
        guard let address = try await ImageFetches.address(of: claim, in: context.storage),
            let tenant = try await context.tenant(claim.shop)
        else { return .done }
        let outcome =
            claim.queue.retries.isOver(at: claim.attempts)
            ? .failed("the server ended while it fetched this, and is not to do so again", again: false)
            : try await outcome(of: address, claim)
        // What is broken off because the server stops says nothing of the host.
        try Task.checkCancellation()
        try await context.storage.transact(
            in: tenant, at: context.now, as: "image-\(claim.subject)-\(claim.attempts)", by: "fetch images"
        ) { [resources] tx in
            switch outcome {
            case .here(let upload): try ImageFetches.succeed(claim, upload, among: resources, in: tx)
            case .failed(let reason, let again):
                try ImageFetches.fail(claim, reason, again: again, among: resources, in: tx)
            }
        }
        return .settled
    }

    private enum Outcome {
        case here(Upload)
        case failed(String, again: Bool)
    }

    private func outcome(of address: String, _ claim: Claim) async throws -> Outcome {
        let url: OutboundURL
        do throws(OutboundURL.Refused) {
            url = try OutboundURL(address)
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
        return try await kept(reply.body, claim)
    }

    private func kept(_ bytes: [UInt8], _ claim: Claim) async throws -> Outcome {
        do {
            switch try await library.keep(bytes, as: .image, shop: claim.shop) {
            case .success(let upload): return .here(upload)
            case .failure(let fault): return .failed("what is there " + fault.message, again: false)
            }
        } catch let problem as Problem {
            return .failed(problem.detail, again: true)
        }
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
