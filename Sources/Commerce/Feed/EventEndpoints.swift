import Basics
import Persistence
import Resources

/// Reading the change feed.
struct EventEndpoints: Sendable {
    /// Resources whose events only tokens of a level may read.
    let closed: [String: AccessLevel]

    var all: [Endpoint] { [list, read] }

    /// What a caller may not read by its route, nor here.
    private func hidden(from call: Call) -> [String] {
        closed.filter { $0.value > call.caller.level }.map(\.key).sorted()
    }

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
            """
            The change feed, oldest first. Poll with `after` = the last `paging.next`; with `wait` the answer comes when there is \
            something. With `Accept: text/event-stream` it is one stream of server-sent events that goes on from `Last-Event-ID`.
            """,
            Documentation(
                tag: "event", query: Self.parameters,
                answer: [
                    "type": "object", "required": ["paging", "events"],
                    "properties": [
                        "paging": ["$ref": "#/components/schemas/Paging"],
                        "events": ["type": "array", "items": Self.eventSchema],
                    ],
                ], otherTypes: ["text/event-stream"]),
            .read { call, storage in
                let wish = try EventWish(call, hidden: hidden(from: call))
                try await EventFeed.place(in: storage)
                return call.isEventStream
                    ? try stream(call, wish, try await wish.beginning(in: storage), storage)
                    : try page(call, wish, try await wish.page(from: storage), storage)
            })
    }

    private static let parameters: [Documentation.Parameter] = [
        .init("after", ["type": "string"], "Where the last answer ended; `now` starts behind the newest event."),
        .init(
            "until", ["type": "string"],
            "Where a page ends, such as the cursor of a proof: what comes behind it is not shown."),
        .init("type", ["type": "string"], "Only these types, comma separated, at most \(EventWish.typesMax)."),
        .init("resource", ["type": "string"], "Only this resource."),
        .init("limit", ["type": "integer", "default": 5, "maximum": 1000], "Rows per page."),
        .init(
            "wait", ["type": "integer", "default": 0, "maximum": .number(JSONNumber(EventWish.waitMax))],
            """
            Seconds to wait where there is nothing yet. A token has \(FeedListeners.perToken) that wait or listen; they count in \
            no other limit.
            """),
    ]

    private func stream(
        _ call: Call, _ wish: EventWish, _ found: EventWish.Found, _ storage: any Storage
    ) throws -> Answer {
        let listener = try call.services.get(FeedListeners.self)
            .enter(call, wish.kinds, behind: found.after, newest: found.newest)
        return EventStream(listener: listener, wish: wish, storage: storage).answer
    }

    /// The page, or where it has nothing and the client waits, the next that has.
    private func page(
        _ call: Call, _ wish: EventWish, _ found: EventWish.Found, _ storage: any Storage
    ) throws -> Answer {
        let tenant = call.tenant
        let nothing = try EventPage(found, limit: wish.limit)
        let answer = try nothing.answer(found, for: tenant)
        guard wish.wait > 0, found.total == 0 else { return answer }
        let listener = try call.services.get(FeedListeners.self)
            .enter(call, wish.kinds, behind: found.after, newest: found.newest)
        var waiting = answer
        waiting.listening = Listening(
            .later {
                switch await listener.next(atMost: Int(wish.limit), within: wish.wait) {
                case .events(let told):
                    return EventPage(
                        limit: wish.limit, count: Int64(told.events.count), total: Int64(told.total),
                        next: told.events.last?.position ?? found.after
                    ).answer(told.events)
                case .behind:
                    let found = try await wish.page(from: storage)
                    return try EventPage(found, limit: wish.limit).answer(found, for: tenant)
                case .silence, .over: return answer
                }
            }, end: listener.end)
        return waiting
    }

    private var read: Endpoint {
        Endpoint(
            .get, "/REST/event/{event_id}", .token(.read), "get_event", "Shows one event.",
            Documentation(tag: "event", answer: Self.eventSchema),
            .read { call, storage in
                let id = try call.id(of: "event")
                let hidden = hidden(from: call)
                let visible: SQL = hidden.isEmpty ? "1 = 1" : "e.resource NOT IN (\(SQL.list(hidden)))"
                let rows = try await storage.fetch(
                    "\(ToldEvent.select) WHERE e.webshop_id = \(call.tenant.webshopID) AND e.event_id = \(id) AND \(visible)"
                )
                guard !rows.isEmpty else { throw Problem.notFound("event") }
                var writer = JSONWriter()
                try ToldEvent.write(rows[0], call.tenant, &writer)
                return Answer(body: writer.bytes)
            })
    }
}
