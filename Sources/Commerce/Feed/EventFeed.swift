package import Basics
package import Persistence
package import Resources

/// The change feed: every event of a shop in one order that never changes, and that no late commit can slip into.
package enum EventFeed {
    package static let endpoints: [Endpoint] = [list, read]

    /// Rows placed or deleted in one go.
    private static let batch = 5000
    private static let typesMax = 100
    /// How long events are kept (CONTRACT 6).
    package static let keptDays: Int64 = 90

    private static let eventSchema: JSON = [
        "type": "object",
        "required": ["event_id", "type", "resource", "resource_id", "sequence", "created", "data"],
        "additionalProperties": false,
        "properties": [
            "event_id": ["type": "integer"], "type": ["type": "string"], "resource": ["type": "string"],
            "resource_id": ["type": "integer"],
            "sequence": ["type": "integer", "description": "The object's version after the change."],
            "created": ["type": "string"], "request_id": ["type": "string"],
            "data": [
                "type": ["object", "null"], "description": "The object as a single GET shows it; null when deleted.",
            ],
        ],
    ]

    private static let list = Endpoint(
        .get, "/REST/event", .token(.read), "list_events",
        "The change feed, oldest first. Poll with `after` = the last `paging.next`.",
        Documentation(
            tag: "event",
            query: [
                .init(
                    "after", ["type": "string"], "Where the last answer ended; `now` starts behind the newest event."),
                .init("type", ["type": "string"], "Only these types, comma separated, at most \(typesMax)."),
                .init("resource", ["type": "string"], "Only this resource."),
                .init("limit", ["type": "integer", "default": 5, "maximum": 1000], "Rows per page."),
            ],
            answer: [
                "type": "object", "required": ["paging", "events"],
                "properties": [
                    "paging": ["$ref": "#/components/schemas/Paging"],
                    "events": ["type": "array", "items": eventSchema],
                ],
            ]),
        .read { call, storage in
            try await place(in: storage)
            return try await page(call, storage)
        })

    private static let read = Endpoint(
        .get, "/REST/event/{event_id}", .token(.read), "get_event", "Shows one event.",
        Documentation(tag: "event", answer: eventSchema),
        .read { call, storage in
            let id = try call.id(of: "event")
            let visible: SQL = call.caller.level < .all ? "e.resource NOT IN (\(SQL.list(closed)))" : "1 = 1"
            let rows = try await storage.fetch(
                "\(select) WHERE e.webshop_id = \(call.tenant.webshopID) AND e.event_id = \(id) AND \(visible)")
            guard !rows.isEmpty else { throw Problem.notFound("event") }
            var writer = JSONWriter()
            write(rows[0], call.tenant, &writer)
            return Answer(body: writer.bytes)
        })

    /// What a token below `all` may not read by its route it may not read here either.
    private static let closed = Commerce.documented.filter { $0.level == .all }.map(\.name)

    private static let select: SQL = """
        SELECT e.event_id, e.type, e.resource, e.resource_id, e.sequence, e.created, e.request_id,
        coalesce(e.data, (SELECT d.data FROM events d WHERE d.webshop_id = e.webshop_id AND d.event_id = e.data_event_id)),
        e.position FROM events e
        """

    private static func page(_ call: Call, _ storage: any Storage) async throws -> Answer {
        try call.refuseUnknownParameters()
        let kinds = try kinds(call)
        let limit = try limit(call.query["limit"])
        let known = try await storage.fetch(kinds.first(storage.dialect))
        let (newest, last) = (known[0].first?.integer(0), known[0].first?.integer(1) ?? 0)
        let after = try cursor(call.query["after"], newest: newest, last: last)
        let found = known.dropFirst().first
        guard let newest, newest > after, kinds.canFind(found) else {
            return Answer(body: json(Rows(width: 9), limit, 0, after, call.tenant))
        }
        let range = EventKinds.Range(after: after, newest: newest)
        let answers = try await storage.fetch(kinds.page(select, found ?? Rows(width: 2), range, atMost: limit))
        let next = answers[0].last?.integer(8) ?? after
        return Answer(body: json(answers[0], limit, answers[1].first?.integer(0) ?? 0, next, call.tenant))
    }

    private static func kinds(_ call: Call) throws -> EventKinds {
        let types = (call.query["type"] ?? "").split(separator: ",").map(String.init)
        guard types.count <= typesMax else {
            throw Problem.invalid("?type", "too_many", "has \(types.count) types; at most \(typesMax)")
        }
        return EventKinds(
            shop: call.tenant.webshopID, types: types,
            resource: call.query["resource"].flatMap { $0.isEmpty ? nil : $0 },
            hidden: call.caller.level < .all ? closed : [])
    }

    private static func json(
        _ rows: Rows, _ limit: Int64, _ total: Int64, _ next: Int64, _ tenant: Tenant
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: rows.bytes.count + 512)
        writer.raw(#"{"paging":{"offset":0,"limit":"# as StaticString)
        writer.integer(limit)
        writer.raw(#","count":"# as StaticString)
        writer.integer(Int64(rows.count))
        writer.raw(#","total":"# as StaticString)
        writer.integer(total)
        writer.raw(#","next":""# as StaticString)
        writer.integer(next)
        writer.raw(#""},"events":["# as StaticString)
        for (index, row) in rows.enumerated() {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            write(row, tenant, &writer)
        }
        writer.raw("]}" as StaticString)
        return writer.bytes
    }

    private static func write(_ row: Row, _ tenant: Tenant, _ writer: inout JSONWriter) {
        writer.raw(#"{"event_id":"# as StaticString)
        writer.integer(row.integer(0) ?? 0)
        writer.raw(#","type":"# as StaticString)
        writer.string(row.text(1) ?? "")
        writer.raw(#","resource":"# as StaticString)
        writer.string(row.text(2) ?? "")
        writer.raw(#","resource_id":"# as StaticString)
        writer.integer(row.integer(3) ?? 0)
        writer.raw(#","sequence":"# as StaticString)
        writer.integer(row.integer(4) ?? 0)
        writer.raw(#","created":"# as StaticString)
        writer.timestamp(row.integer(5) ?? 0, zone: tenant.zone)
        writer.raw(#","request_id":"# as StaticString)
        writer.string(row.text(6) ?? "")
        writer.raw(#","data":"# as StaticString)
        writer.raw(row.text(7) ?? "null")
        writer.raw("}" as StaticString)
    }

    /// The position behind which a page begins.
    /// - Parameters:
    ///   - newest: of the shop; nil where it has no events, or none any more.
    ///   - last: that was given to an event of any shop.
    private static func cursor(_ text: String?, newest: Int64?, last: Int64) throws -> Int64 {
        guard let text, !text.isEmpty else { return 0 }
        if text == "now" { return newest ?? 0 }
        guard let position = WholeNumber(strict: text)?.int64, position >= 0 else {
            throw Problem.invalid("?after", "cursor", "is not a cursor of this feed")
        }
        guard position <= newest ?? last else {
            let words = "is ahead of this feed, which may have been restored; begin without it, or go on from now"
            var problem = Problem(.invalid, "cursor_ahead", "?after: \(words)")
            problem.errors = [Problem.FieldError("?after", "cursor_ahead", words)]
            throw problem
        }
        return position
    }

    private static func limit(_ text: String?) throws -> Int64 {
        guard let text, !text.isEmpty else { return Int64(ListRequest.limitDefault) }
        guard let limit = WholeNumber(strict: text)?.int64, limit >= 0 else {
            throw Problem.invalid("?limit", "type", "must be a whole number from 0")
        }
        return min(limit, Int64(ListRequest.limitMax))
    }

    /// Gives committed events their place. A position is handed out after the commit and under one lock, so whatever becomes
    /// visible later also stands later, and a poller that remembers where it was skips nothing.
    package static func place(in storage: any Storage) async throws {
        guard !storage.dialect.commitsInOrder else { return }
        // In the order of the index, which planners otherwise leave aside where they remember that many were waiting.
        let waiting = try await storage.fetch("SELECT 1 FROM events WHERE position IS NULL ORDER BY event_id LIMIT 1")
        guard !waiting.isEmpty else { return }
        var placed = batch
        while placed == batch {
            placed = try await storage.write { db in
                // Held to the commit: two that place at once would let a reader see the second before the first.
                _ = try db.rows("SELECT pg_advisory_xact_lock(7310216)")
                // By the place of the row on disk, which nobody else changes: by its key, planners read the whole table.
                return try db.run(
                    """
                    UPDATE events SET position = placed.position FROM (
                        SELECT place, nextval('event_positions_seq') AS position FROM (
                            SELECT ctid AS place FROM events WHERE position IS NULL ORDER BY event_id LIMIT \(batch)
                        ) waiting
                    ) placed
                    WHERE events.ctid = placed.place
                    """)
            }
        }
    }

    /// Deletes what is older than the feed promises, in small transactions.
    package static func expire(in storage: any Storage, at now: Instant) async throws {
        let end = now.adding(seconds: -keptDays * 86_400)
        for row in try await storage.fetch("SELECT webshop_id FROM webshops ORDER BY webshop_id") {
            let shop = row.integer(0) ?? 0
            var start: Int64? = 0
            while let id = start {
                start = try await storage.write(for: .shop(shop)) { db in
                    try expire(shop, behind: id, before: end, at: now, db)
                }
            }
        }
    }

    /// Deletes what is old among the next events. Ids run with time, so nothing is scanned but the front of the key.
    /// - Returns: the last of their ids; nil where those begin that are kept.
    private static func expire(
        _ shop: Int64, behind start: Int64, before end: Instant, at now: Instant, _ db: any Connection
    ) throws -> Int64? {
        // A row of the future was written while a clock was wrong, and says nothing of the age of those behind it.
        let row = try db.row(
            """
            SELECT max(event_id), count(*), coalesce(sum(CASE WHEN created >= \(end) AND created <= \(now) THEN 1 ELSE 0 END), 0)
            FROM (SELECT event_id, created FROM events WHERE webshop_id = \(shop) AND event_id > \(start)
                ORDER BY event_id LIMIT \(batch)) AS front
            """)
        guard let last = row?.integer(0) else { return nil }
        try db.run(
            """
            DELETE FROM events WHERE webshop_id = \(shop) AND event_id > \(start) AND event_id <= \(last) AND created < \(end)
            """)
        return row?.integer(1) == Int64(batch) && row?.integer(2) == 0 ? last : nil
    }
}
