package import Basics
package import Persistence
import Resources

/// What a webhook is to be told of next: a page of its backlog.
package struct WebhookWork: Sendable {
    /// An event whose turn it is.
    package struct Item: Sendable {
        package let event: WebhookEvent
        /// How often it was tried before.
        package let tries: Int64
        /// The row of the attempt, where somebody asked for it.
        let delivery: Int64?
        /// Whether it waited behind its turn.
        let isWaiting: Bool
    }

    /// How far a page leads.
    enum Step: Sendable {
        case feed(to: Int64)
        case replay(Int64, to: Int64, isLast: Bool)
    }

    /// What is sent, in the order of the feed.
    package let items: [Item]
    /// What stands behind a change of the same object that failed.
    var blocked: [WebhookEvent] = []
    /// Objects whose last change has failed so often that those of this page go before it.
    var overtaken: [WebhookEvent.Object] = []
    let step: Step?

    private static let most = 64
    /// With so many events waiting for another try nothing new is begun; the feed keeps it.
    private static let waitsMax: Int64 = 10_000

    /// - Returns: nil where there is nothing to tell now.
    package static func next(
        for hook: WebhookTarget, in storage: any Storage, at now: Instant
    ) async throws -> WebhookWork? {
        let most = hook.isDown(at: now) ? 1 : Self.most
        let answers = try await storage.fetch([waits(of: hook, dueAt: now, most), waiting(of: hook)])
        let items = try answers[0].map { row in
            Item(
                event: try WebhookEvent(row), tries: try row["tries"], delivery: try row["webhook_delivery_id"],
                isWaiting: true)
        }
        if !items.isEmpty { return WebhookWork(items: items, step: nil) }
        let count: Int64 = try answers[1].first.map { try $0["count"] } ?? 0
        guard hook.status == .active, count < waitsMax else { return nil }
        if let work = try await fresh(for: hook, atMost: most, in: storage) { return work }
        return try await replayed(for: hook, atMost: most, in: storage)
    }

    private static func waits(of hook: WebhookTarget, dueAt now: Instant, _ most: Int) -> SQL {
        // What somebody has just asked for comes first, and is sent by a webhook that is off too.
        let asked: SQL = hook.status == .active ? "" : " AND w.webhook_delivery_id IS NOT NULL"
        return """
            \(WebhookEvent.selection), w.tries, w.webhook_delivery_id FROM webhook_waits w
            JOIN events e ON e.webshop_id = w.webshop_id AND e.event_id = w.event_id
            WHERE w.webshop_id = \(hook.shop) AND w.webhook_id = \(hook.id) AND w.due <= \(now)\(asked)
            ORDER BY CASE WHEN w.webhook_delivery_id IS NULL THEN 1 ELSE 0 END, w.position, w.event_id
            LIMIT \(raw: String(most))
            """
    }

    private static func waiting(of hook: WebhookTarget) -> SQL {
        """
        SELECT count(*) AS count FROM (SELECT 1 FROM webhook_waits WHERE webshop_id = \(hook.shop)
        AND webhook_id = \(hook.id) LIMIT \(raw: String(waitsMax))) AS line
        """
    }

    // MARK: Walking the feed

    private static func fresh(
        for hook: WebhookTarget, atMost most: Int, in storage: any Storage
    ) async throws -> WebhookWork? {
        let page = try await page(of: hook, behind: hook.state.position, upTo: nil, most, in: storage)
        guard let page else { return nil }
        let events = page.events.filter { $0.id > hook.state.firstEvent }
        return try await sorted(events, .feed(to: page.end), for: hook, in: storage)
    }

    private static func replayed(
        for hook: WebhookTarget, atMost most: Int, in storage: any Storage
    ) async throws -> WebhookWork? {
        let row = try await storage.fetch(
            """
            SELECT replay_id, position, until FROM webhook_replays WHERE webshop_id = \(hook.shop)
            AND webhook_id = \(hook.id) ORDER BY replay_id LIMIT 1
            """
        ).first
        guard let row else { return nil }
        let (id, until): (Int64, Int64) = (try row["replay_id"], try row["until"])
        let page = try await page(of: hook, behind: try row["position"], upTo: until, most, in: storage)
        guard let page else { return WebhookWork(items: [], step: .replay(id, to: until, isLast: true)) }
        return try await sorted(
            page.events, .replay(id, to: page.end, isLast: page.end >= until), for: hook, in: storage)
    }

    /// The next events of a webhook's topics.
    /// - Returns: also up to where there are no others; nil where the feed has nothing more.
    private static func page(
        of hook: WebhookTarget, behind position: Int64, upTo end: Int64?, _ most: Int, in storage: any Storage
    ) async throws -> (events: [WebhookEvent], end: Int64)? {
        let kinds = EventKinds(shop: hook.shop, types: hook.topics, resource: nil, hidden: [])
        let known = try await storage.fetch(kinds.first(storage.dialect))
        guard let newest: Int64 = try known.first?.first?["newest"], newest > position else { return nil }
        let last = min(newest, end ?? newest)
        guard last > position else { return nil }
        guard known.count > 1, !known[1].isEmpty else { return ([], last) }
        let range = EventKinds.Range(after: position, newest: last)
        let events = try await storage.fetch(
            try kinds.page("\(WebhookEvent.selection) FROM events e", known[1], range, atMost: Int64(most))[0]
        ).map { try WebhookEvent($0) }
        return (events, events.count < most ? last : events.last?.position ?? last)
    }

    /// Sets aside what stands behind something that waits.
    private static func sorted(
        _ events: [WebhookEvent], _ step: Step, for hook: WebhookTarget, in storage: any Storage
    ) async throws -> WebhookWork {
        let ids = Set(events.map(\.resourceID)).sorted()
        var tries: [WebhookEvent.Object: Int64] = [:]
        if !ids.isEmpty {
            let rows = try await storage.fetch(
                """
                SELECT resource, resource_id, max(tries) AS tries FROM webhook_waits WHERE webshop_id = \(hook.shop)
                AND webhook_id = \(hook.id) AND resource_id IN (\(SQL.paddedList(ids))) GROUP BY resource, resource_id
                """)
            for row in rows {
                tries[.init(resource: try row["resource"], id: try row["resource_id"])] = try row["tries"] as Int64
            }
        }
        let isBehind = { (event: WebhookEvent) in tries[event.object].map { $0 < WebhookRetries.holding } ?? false }
        let items = events.filter { !isBehind($0) }.map { Item(event: $0, tries: 0, delivery: nil, isWaiting: false) }
        let overtaken = Set(items.map(\.event.object)).filter { tries[$0] != nil }
        return WebhookWork(
            items: items, blocked: events.filter(isBehind), overtaken: Array(overtaken), step: step)
    }
}
