package import Basics
package import Persistence
package import Resources

/// Keeps what came of a page: its attempts, what waits for another try, and how far the webhook has come, in the one transaction
/// that also shows that nobody else has taken the work meanwhile. What a killed server had not kept is sent again.
package struct WebhookSettling: Sendable {
    private let hook: WebhookTarget
    private let work: WebhookWork
    private let results: [WebhookResult]
    /// Those of the page that were not tried.
    private let untried: [WebhookWork.Item]
    private let now: Instant

    /// - Parameter results: of those of the page that were tried, in any order.
    package init(_ hook: WebhookTarget, _ work: WebhookWork, _ results: [WebhookResult], at now: Instant) {
        let tried = Set(results.map(\.item.event.id))
        (self.hook, self.work, self.now) = (hook, work, now)
        self.results = results.sorted { $0.item.event.position < $1.item.event.position }
        untried = work.items.filter { !tried.contains($0.event.id) }
    }

    /// - Throws: `LeaseLost` where another has the work.
    package func keep(_ claim: Claim, in storage: any Storage) async throws {
        try await storage.write(for: .shop(hook.shop)) { db in
            try claim.hold(progressed: true, in: db, at: now)
            try overtake(in: db)
            let ends = results.map { ($0, end(of: $0)) }
            try storeDeliveries(ends, in: db)
            try storeWaits(ends, in: db)
            try storeState(in: db)
        }
        storage.counts.changed([WebhookDelivery.info.table], shop: hook.shop)
    }

    // MARK: What becomes of an event

    private struct End {
        let status: WebhookDelivery.Status
        let next: Instant?
    }

    private func end(of result: WebhookResult) -> End {
        if result.isOK { return End(status: .ok, next: nil) }
        let next = result.next(at: now)
        // Later changes have waited long enough for this one.
        if next != nil, result.attempt >= WebhookRetries.holding, isFollowed(result.item.event) {
            return End(status: .skipped, next: nil)
        }
        return End(status: .failed, next: next)
    }

    /// Whether a later change of its object stands behind it in this page. Those that stood there before are looked for as it ends.
    private func isFollowed(_ event: WebhookEvent) -> Bool {
        work.blocked.contains { $0.object == event.object && $0.position > event.position }
            || untried.contains { $0.event.object == event.object && $0.event.position > event.position }
    }

    // MARK: Attempts

    private static let insertion = Insertion(
        """
        INSERT INTO webhook_deliveries (webshop_id, webhook_delivery_id, webhook_id, event_id, type, attempt, status,
        response_status, response_body, ms, error, next_attempt, request_headers, request_body, version, created, last_modified)
        VALUES
        """, width: 17)

    private func storeDeliveries(_ ends: [(WebhookResult, End)], in db: any Connection) throws {
        let new = ends.filter { $0.0.item.delivery == nil }
        let ids = try db.orderedIDs("webhook_deliveries_seq", new.count)
        let rows = zip(ids, new).map { id, end -> [SQLValue] in
            let event = end.0.item.event
            return [hook.shop.sqlValue, .integer(id), .integer(hook.id), .integer(event.id), .text(event.type)]
                + end.0.columns(end.1.status, next: end.1.next) + [.integer(1), now.sqlValue, now.sqlValue]
        }
        if !rows.isEmpty { try db.post(Self.insertion.statements(rows)) }
        for (result, end) in ends { if let id = result.item.delivery { try update(id, result, end, in: db) } }
    }

    /// The row of an attempt that somebody asked for.
    private func update(_ id: Int64, _ result: WebhookResult, _ end: End, in db: any Connection) throws {
        let values = result.columns(end.status, next: end.next)
        let names = [
            "attempt", "status", "response_status", "response_body", "ms", "error", "next_attempt", "request_headers",
            "request_body",
        ]
        let changes = SQL.joined(zip(names, values).map { "\(raw: $0) = \($1)" }, by: ", ")
        try db.run(
            """
            UPDATE webhook_deliveries SET \(changes), version = version + 1, last_modified = \(now)
            WHERE webshop_id = \(hook.shop) AND webhook_delivery_id = \(id)
            """)
    }

    /// What failed too often for later changes to wait any longer is passed over.
    private func overtake(in db: any Connection) throws {
        let mine: SQL = "webshop_id = \(hook.shop) AND webhook_id = \(hook.id)"
        for object in work.overtaken {
            let its: SQL = "\(mine) AND resource = \(object.resource) AND resource_id = \(object.id)"
            try db.run(
                """
                UPDATE webhook_deliveries SET status = \(WebhookDelivery.Status.skipped), next_attempt = NULL,
                version = version + 1, last_modified = \(now) WHERE \(mine) AND EXISTS (SELECT 1 FROM webhook_waits w
                WHERE w.webshop_id = webhook_deliveries.webshop_id AND w.webhook_id = webhook_deliveries.webhook_id
                AND w.event_id = webhook_deliveries.event_id AND w.tries = webhook_deliveries.attempt
                AND w.resource = \(object.resource) AND w.resource_id = \(object.id))
                """)
            try db.run("DELETE FROM webhook_waits WHERE \(its)")
        }
    }

    // MARK: What waits

    private static let waits = Insertion(
        """
        INSERT INTO webhook_waits (webshop_id, webhook_id, event_id, position, resource, resource_id, tries, due) VALUES
        """, width: 8, "ON CONFLICT (webshop_id, webhook_id, event_id) DO NOTHING")
    private static let again = waits.ending(
        """
        ON CONFLICT (webshop_id, webhook_id, event_id) DO UPDATE SET tries = excluded.tries, due = excluded.due,
        webhook_delivery_id = NULL
        """)

    private func storeWaits(_ ends: [(WebhookResult, End)], in db: any Connection) throws {
        var rows: [[SQLValue]] = []
        for (result, end) in ends where end.next != nil {
            rows.append(wait(result.item.event, tries: result.attempt, due: end.next))
        }
        if !rows.isEmpty { try db.run(Self.again.statements(rows)) }
        let set = setAside(behind: Set(ends.filter { $0.1.next != nil }.map(\.0.item.event.object)))
        if !set.isEmpty { try db.run(Self.waits.statements(set)) }
        let over = ends.filter { $0.0.item.isWaiting && $0.1.next == nil }.map(\.0.item.event)
        if !over.isEmpty { try release(over, in: db) }
        try skipFollowed(ends, in: db)
    }

    /// What the page has passed without a try. What was waiting before stays as it is.
    private func setAside(behind failing: Set<WebhookEvent.Object>) -> [[SQLValue]] {
        let untried = untried.filter { !$0.isWaiting }.map(\.event)
        let passed = untried.map { wait($0, tries: 0, due: failing.contains($0.object) ? nil : now) }
        let behind = work.blocked.map { wait($0, tries: 0, due: nil) }
        return zip(untried + work.blocked, passed + behind).filter { $0.0.position <= reached }.map(\.1)
    }

    private func wait(_ event: WebhookEvent, tries: Int64, due: Instant?) -> [SQLValue] {
        [
            hook.shop.sqlValue, .integer(hook.id), .integer(event.id), .integer(event.position), .text(event.resource),
            .integer(event.resourceID), .integer(tries), due.sqlValue,
        ]
    }

    private var mine: SQL { "webshop_id = \(hook.shop) AND webhook_id = \(hook.id)" }

    /// Takes events out of line and lets the next change of each object go.
    private func release(_ events: [WebhookEvent], in db: any Connection) throws {
        try db.run("DELETE FROM webhook_waits WHERE \(mine) AND event_id IN (\(SQL.paddedList(events.map(\.id))))")
        try db.run(
            """
            UPDATE webhook_waits SET due = \(now) WHERE \(mine) AND due IS NULL
            AND resource_id IN (\(SQL.paddedList(Set(events.map(\.resourceID)).sorted())))
            AND NOT EXISTS (SELECT 1 FROM webhook_waits b WHERE b.webshop_id = webhook_waits.webshop_id
            AND b.webhook_id = webhook_waits.webhook_id AND b.resource = webhook_waits.resource
            AND b.resource_id = webhook_waits.resource_id AND b.position < webhook_waits.position)
            """)
    }

    /// Of what has just failed for the fifth time, passes over what others have stood behind for so long.
    private func skipFollowed(_ ends: [(WebhookResult, End)], in db: any Connection) throws {
        for (result, end) in ends where end.next != nil && result.attempt >= WebhookRetries.holding {
            let event = result.item.event
            let others = try db.row(
                """
                SELECT 1 FROM webhook_waits WHERE \(mine) AND resource = \(event.resource)
                AND resource_id = \(event.resourceID) AND position > \(event.position) LIMIT 1
                """)
            guard others != nil else { continue }
            try db.run(
                """
                UPDATE webhook_deliveries SET status = \(WebhookDelivery.Status.skipped), next_attempt = NULL
                WHERE \(mine) AND event_id = \(event.id) AND attempt = \(result.attempt)
                """)
            try release([event], in: db)
        }
    }

    // MARK: How far it has come

    private func storeState(in db: any Connection) throws {
        var changes: [SQL] = []
        if results.contains(where: \.isOK) {
            if hook.state.failingSince != nil {
                changes.append("failing_since = NULL, resting_until = NULL, is_warned = 0")
            }
            // A host that is back is told of all that waited for it.
            if hook.isDown(at: now) {
                try db.run("UPDATE webhook_waits SET due = \(now) WHERE \(mine) AND due > \(now)")
            }
        } else if !results.isEmpty {
            let since = hook.state.failingSince ?? now
            changes.append("failing_since = \(since), resting_until = \(rest)")
        }
        switch work.step {
        // Who was switched off and on again meanwhile stands further on.
        case .feed: changes.append("position = CASE WHEN position < \(reached) THEN \(reached) ELSE position END")
        case .replay(let id, _, let isLast): try walk(replay: id, isLast: isLast, in: db)
        case nil: break
        }
        guard !changes.isEmpty else { return }
        try db.run("UPDATE webhook_states SET \(SQL.joined(changes, by: ", ")) WHERE \(mine)")
    }

    /// Until when a host that nothing gets through to is left in peace.
    private var rest: Instant? {
        if hook.isDown(at: now) { return now.adding(seconds: WebhookTarget.restSeconds) }
        return WebhookResult.areHopeless(results) ? now.adding(seconds: WebhookTarget.pauseSeconds) : nil
    }

    /// Up to where the page was dealt with: as far as it leads, or to the last that was tried.
    private var reached: Int64 {
        let last = results.last?.item.event.position ?? .max
        if untried.contains(where: { $0.event.position > last }) { return last }
        switch work.step {
        case .feed(let end), .replay(_, let end, _): return end
        case nil: return 0
        }
    }

    private func walk(replay id: Int64, isLast: Bool, in db: any Connection) throws {
        let row: SQL = "\(mine) AND replay_id = \(id)"
        if isLast, !untried.contains(where: { $0.event.position > reached }) {
            try db.run("DELETE FROM webhook_replays WHERE \(row)")
        } else {
            try db.run("UPDATE webhook_replays SET position = \(reached) WHERE \(row)")
        }
    }
}
