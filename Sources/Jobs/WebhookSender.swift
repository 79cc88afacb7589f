import Basics
import Commerce
import Outbound
package import Resources
import Secrets
package import Transfers

/// Tells webhooks of what has happened. Each event arrives at least once; twice only where the host's answer was lost, or this process
/// before it had kept it.
package struct WebhookSender: Sendable {
    private let client: OutboundClient
    private let publicURL: String

    /// How long one webhook is told of things before others have their turn.
    private static let turn = Duration.seconds(10)

    package init(_ client: OutboundClient, publicURL: String) {
        (self.client, self.publicURL) = (client, publicURL)
    }

    package var jobs: [Job] { [Job(Webhook.queue) { try await send($0, $1) }] }

    private func send(_ claim: Claim, _ context: JobContext) async throws -> JobEnd {
        let end = try await pages(claim, context, until: .now + Self.turn)
        try await WebhookTarget.end(claim, end, context)
        // What was committed since the last look at the feed is looked for again.
        context.storage.memory.changed([EventFeed.table])
        return .settled
    }

    /// Tells of page after page.
    private func pages(
        _ claim: Claim, _ context: JobContext, until end: ContinuousClock.Instant
    ) async throws -> WebhookTarget.TurnEnd {
        let keys: Keyring = try context.services.get()
        while let hook = try await WebhookTarget.load(claim, context, keys) {
            guard let work = try await WebhookWork.next(for: hook, in: context.storage, at: context.now) else {
                return .through
            }
            let results = await results(of: work, hook, context)
            // A server that stops still keeps what has arrived, or it would arrive again.
            if !results.isEmpty || !Task.isCancelled {
                let settling = WebhookSettling(hook, work, results, at: context.now)
                try await Task { try await settling.keep(claim, in: context.storage) }.value
            }
            try Task.checkCancellation()
            if results.contains(where: \.isGone) { try await hook.switchOff(context) }
            let isStill = hook.isDown(at: context.now) && !results.isEmpty && !results.contains(where: \.isOK)
            if isStill || WebhookResult.areHopeless(results) { return .stopped }
            if .now >= end { return .interrupted }
        }
        return .through
    }

    /// Tells of a page: changes of one object one after the other, those of several side by side. A host that nothing gets through to
    /// is not asked for all of them.
    private func results(of work: WebhookWork, _ hook: WebhookTarget, _ context: JobContext) async -> [WebhookResult] {
        var lines = Self.lines(of: work.items)[...]
        var results: [WebhookResult] = []
        await withTaskGroup(of: [WebhookResult].self) { group in
            for line in lines.prefix(WebhookResult.atOnce) { group.addTask { await tell(line, hook, context) } }
            lines = lines.dropFirst(WebhookResult.atOnce)
            for await ended in group {
                results += ended
                guard !WebhookResult.areHopeless(results), let line = lines.popFirst() else { continue }
                group.addTask { await tell(line, hook, context) }
            }
        }
        return results
    }

    /// The events of each object, in the order of the feed.
    private static func lines(of items: [WebhookWork.Item]) -> [[WebhookWork.Item]] {
        var lines: [[WebhookWork.Item]] = []
        var places: [WebhookEvent.Object: Int] = [:]
        for item in items {
            if let place = places[item.event.object] {
                lines[place].append(item)
            } else {
                places[item.event.object] = lines.count
                lines.append([item])
            }
        }
        return lines
    }

    /// Tells of the changes of one object, up to the first that does not get through.
    private func tell(
        _ line: [WebhookWork.Item], _ hook: WebhookTarget, _ context: JobContext
    ) async -> [WebhookResult] {
        var results: [WebhookResult] = []
        for item in line {
            guard let result = try? await tell(item, hook, context) else { break }
            results.append(result)
            if !result.isOK { break }
        }
        return results
    }

    /// - Throws: `CancellationError`, and nothing else.
    private func tell(
        _ item: WebhookWork.Item, _ hook: WebhookTarget, _ context: JobContext
    ) async throws -> WebhookResult {
        let body = item.event.body(hook.format, shop: hook.shop, publicURL: publicURL)
        let headers = try hook.headers(of: item.event, body, at: context.now)
        let start = ContinuousClock.now
        func result(_ status: Int?, _ answer: [UInt8] = [], retryAfter: Int64? = nil, error: String?) -> WebhookResult {
            WebhookResult(
                item, headers: headers, body: body, milliseconds: (ContinuousClock.now - start).wholeMilliseconds,
                status: status, answer: answer, retryAfter: retryAfter, error: error)
        }
        do {
            var request = OutboundClient.Request("POST", try OutboundURL(hook.url))
            (request.headers, request.body) = (headers, body)
            (request.answerMax, request.takesPart) = (WebhookDelivery.answerMax, true)
            let reply = try await client.send(request)
            let error = (200..<300).contains(reply.status) ? nil : Self.words(of: reply.status)
            return result(reply.status, reply.body, retryAfter: reply.retryAfter, error: error)
        } catch let refused as OutboundURL.Refused {
            return result(nil, error: "the address \(refused.description)")
        } catch let failure as OutboundClient.Failure {
            return result(nil, error: failure.description)
        }
    }

    private static func words(of status: Int) -> String {
        (300..<400).contains(status)
            ? "the host answered \(status), and nothing is followed from there: give the address it leads to"
            : "the host answered \(status)"
    }
}

extension OutboundClient.Reply {
    /// Seconds that the host asked for (RFC 9110, 10.2.3), where it said them as a number.
    fileprivate var retryAfter: Int64? {
        headers.last { $0.name.lowercased() == "retry-after" }.flatMap { WholeNumber(strict: $0.value)?.int64 }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
