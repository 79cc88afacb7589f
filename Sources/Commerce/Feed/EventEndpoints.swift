import Basics
import Persistence
import Resources

/// Reading the change feed.
struct EventEndpoints: Sendable {
    /// Resources whose events only a token of level `all` may read.
    let closed: [String]

    private static let typesMax = 100

    var all: [Endpoint] { [list, read] }

    private static let eventSchema: JSON = [
        "type": "object",
        "required": ["event_id", "type", "resource", "resource_id", "sequence", "created", "actor", "data"],
        "additionalProperties": false,
        "properties": [
            "event_id": ["type": "integer"], "type": ["type": "string"], "resource": ["type": "string"],
            "resource_id": ["type": "integer"],
            "sequence": ["type": "integer", "description": "The object's version after the change."],
            "created": ["type": "string"], "request_id": ["type": "string"], "actor": Actor.schema,
            "data": [
                "type": ["object", "null"], "description": "The object as a single GET shows it; null when deleted.",
            ],
        ],
    ]

    private var list: Endpoint {
        Endpoint(
            .get, "/REST/event", .token(.read), "list_events",
            "The change feed, oldest first. Poll with `after` = the last `paging.next`.",
            Documentation(
                tag: "event",
                query: [
                    .init(
                        "after", ["type": "string"],
                        "Where the last answer ended; `now` starts behind the newest event."),
                    .init("type", ["type": "string"], "Only these types, comma separated, at most \(Self.typesMax)."),
                    .init("resource", ["type": "string"], "Only this resource."),
                    .init("limit", ["type": "integer", "default": 5, "maximum": 1000], "Rows per page."),
                ],
                answer: [
                    "type": "object", "required": ["paging", "events"],
                    "properties": [
                        "paging": ["$ref": "#/components/schemas/Paging"],
                        "events": ["type": "array", "items": Self.eventSchema],
                    ],
                ]),
            .read { call, storage in
                try await EventFeed.place(in: storage)
                return try await page(call, storage)
            })
    }

    private var read: Endpoint {
        Endpoint(
            .get, "/REST/event/{event_id}", .token(.read), "get_event", "Shows one event.",
            Documentation(tag: "event", answer: Self.eventSchema),
            .read { call, storage in
                let id = try call.id(of: "event")
                let visible: SQL = call.caller.level < .all ? "e.resource NOT IN (\(SQL.list(closed)))" : "1 = 1"
                let rows = try await storage.fetch(
                    "\(Self.select) WHERE e.webshop_id = \(call.tenant.webshopID) AND e.event_id = \(id) AND \(visible)"
                )
                guard !rows.isEmpty else { throw Problem.notFound("event") }
                var writer = JSONWriter()
                try Self.write(rows[0], call.tenant, &writer)
                return Answer(body: writer.bytes)
            })
    }

    private static let select: SQL = """
        SELECT e.event_id, e.type, e.resource, e.resource_id, e.sequence, e.created, e.request_id, e.actor,
        coalesce(e.data, (SELECT d.data FROM events d WHERE d.webshop_id = e.webshop_id AND d.event_id = e.data_event_id)) AS data,
        e.position FROM events e
        """

    private func page(_ call: Call, _ storage: any Storage) async throws -> Answer {
        try call.refuseUnknownParameters()
        if let offset = call.query["offset"], !["", "0"].contains(offset) {
            throw Problem.invalid("?offset", "unknown", "is not taken: the feed is walked by `after`")
        }
        let kinds = try kinds(call)
        let limit = try Self.limit(call.query["limit"])
        let known = try await storage.fetch(kinds.first(storage.dialect))
        guard let place = known.first?.first else { throw StorageError.statement("the feed has no newest place") }
        let (newest, last): (Int64?, Int64) = (try place["newest"], try place["last"])
        let after = try Self.cursor(call.query["after"], newest: newest, last: last)
        let found = known.dropFirst().first
        guard let newest, newest > after, kinds.canFind(found) else {
            return Answer(body: try Self.json(Rows(width: 0), limit, 0, after, call.tenant))
        }
        let range = EventKinds.Range(after: after, newest: newest)
        let answers = try await storage.fetch(
            try kinds.page(Self.select, found ?? Rows(width: 0), range, atMost: limit))
        let next: Int64 = try answers[0].last.map { try $0["position"] } ?? after
        let total: Int64 = try answers[1].first.map { try $0["total"] } ?? 0
        return Answer(body: try Self.json(answers[0], limit, total, next, call.tenant))
    }

    private func kinds(_ call: Call) throws -> EventKinds {
        let types = (call.query["type"] ?? "").split(separator: ",").map(String.init)
        guard types.count <= Self.typesMax else {
            throw Problem.invalid("?type", "too_many", "has \(types.count) types; at most \(Self.typesMax)")
        }
        return EventKinds(
            shop: call.tenant.webshopID, types: types,
            resource: call.query["resource"].flatMap { $0.isEmpty ? nil : $0 },
            hidden: call.caller.level < .all ? closed : [])
    }

    private static func json(
        _ rows: Rows, _ limit: Int64, _ total: Int64, _ next: Int64, _ tenant: Tenant
    ) throws -> [UInt8] {
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
            try write(row, tenant, &writer)
        }
        writer.raw("]}" as StaticString)
        return writer.bytes
    }

    private static func write(_ row: Row, _ tenant: Tenant, _ writer: inout JSONWriter) throws {
        writer.raw(#"{"event_id":"# as StaticString)
        writer.integer(try row["event_id"])
        writer.raw(#","type":"# as StaticString)
        writer.string(try row["type"] as String)
        writer.raw(#","resource":"# as StaticString)
        writer.string(try row["resource"] as String)
        writer.raw(#","resource_id":"# as StaticString)
        writer.integer(try row["resource_id"])
        writer.raw(#","sequence":"# as StaticString)
        writer.integer(try row["sequence"])
        writer.raw(#","created":"# as StaticString)
        writer.timestamp(try row["created"], zone: tenant.zone)
        writer.raw(#","request_id":"# as StaticString)
        writer.string(try row["request_id"] as String)
        writer.raw(#","actor":"# as StaticString)
        writer.raw(try row["actor"] as String? ?? "null")
        writer.raw(#","data":"# as StaticString)
        writer.raw(try row["data"] as String? ?? "null")
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
}
