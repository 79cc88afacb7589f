import Basics
import Persistence
import Resources

/// What a reader of the feed asks for: which events, from where, how many, and how long it waits for them.
struct EventWish: Sendable {
    static let typesMax = 100
    /// Seconds that a page waits for an event.
    static let waitMax: Int64 = 60

    let kinds: EventKinds
    let limit: Int64
    let wait: Int64
    private let after: String?
    private let until: String?
    private let tenant: Tenant
    /// The parameter that says where to begin.
    private let startName: String

    /// - Parameter hidden: resources whose events the caller may not read.
    init(_ call: Call, hidden: [String]) throws {
        try call.refuseUnknownParameters()
        if let offset = call.query["offset"], !["", "0"].contains(offset) {
            throw Problem.invalid("?offset", "unknown", "is not taken: the feed is walked by `after`")
        }
        let types = (call.query["type"] ?? "").split(separator: ",").map(String.init)
        guard types.count <= Self.typesMax else {
            throw Problem.invalid("?type", "too_many", "has \(types.count) types; at most \(Self.typesMax)")
        }
        kinds = EventKinds(
            shop: call.tenant.webshopID, types: types,
            resource: call.query["resource"].flatMap { $0.isEmpty ? nil : $0 },
            hidden: hidden)
        limit = min(try Self.number("limit", call.query, Int64(ListRequest.limitDefault)), Int64(ListRequest.limitMax))
        wait = try Self.number("wait", call.query, 0, atMost: Self.waitMax)
        // A client that comes back says in its address where it began, and in the header how far it came.
        let last = call.isEventStream ? call.lastEventID ?? "" : ""
        (after, startName) = last.isEmpty ? (call.query["after"], "?after") : (last, "/Last-Event-ID")
        until = call.query["until"]
        tenant = call.tenant
    }

    private static func number(_ name: String, _ query: Query, _ fallback: Int64, atMost most: Int64? = nil) throws
        -> Int64
    {
        guard let text = query[name], !text.isEmpty else { return fallback }
        guard let number = WholeNumber(strict: text)?.int64, (0...(most ?? .max)).contains(number) else {
            throw Problem.invalid(
                "?" + name, "type", "must be a whole number from 0" + (most.map { " to \($0)" } ?? ""))
        }
        return number
    }

    /// The wanted events behind a place, and where the feed ended when they were read.
    struct Found {
        let rows: Rows
        let total: Int64
        let after: Int64
        let newest: Int64

        /// Where to go on.
        var next: Int64 {
            get throws { try rows.last.map { try $0["position"] } ?? after }
        }
    }

    /// Where it begins, and where the feed ends.
    private struct Start {
        let after: Int64
        let newest: Int64?
        let kinds: Rows?
    }

    /// Looks where it begins, and reads nothing from there.
    func beginning(in storage: any Storage) async throws -> Found {
        let start = try await start(in: storage)
        return Found(rows: Rows(width: 0), total: 0, after: start.after, newest: start.newest ?? 0)
    }

    private func start(in storage: any Storage) async throws -> Start {
        let known = try await storage.fetch(kinds.first(storage.dialect))
        guard let place = known.first?.first else { throw StorageError.statement("the feed has no newest place") }
        let (newest, last): (Int64?, Int64) = (try place["newest"], try place["last"])
        return Start(after: try cursor(newest: newest, last: last), newest: newest, kinds: known.dropFirst().first)
    }

    /// Reads a page.
    func page(from storage: any Storage) async throws -> Found {
        let start = try await start(in: storage)
        let newest = start.newest ?? 0
        guard let end = try end(newest: start.newest), end > start.after, kinds.canFind(start.kinds) else {
            return Found(rows: Rows(width: 0), total: 0, after: start.after, newest: newest)
        }
        let range = EventKinds.Range(after: start.after, newest: end)
        let answers = try await storage.fetch(
            try kinds.page(ToldEvent.select, start.kinds ?? Rows(width: 0), range, atMost: limit))
        let total: Int64 = try answers[1].first.map { try $0["total"] } ?? 0
        return Found(rows: answers[0], total: total, after: start.after, newest: newest)
    }

    /// Reads what stands behind a place, for somebody who listens and is not that far.
    /// - Returns: some of the events, and the place up to which there are no others.
    func events(
        behind after: Int64, atMost limit: Int64, from storage: any Storage
    ) async throws -> (events: [ToldEvent], through: Int64) {
        let known = try await storage.fetch(kinds.first(storage.dialect))
        let found = known.dropFirst().first
        guard let newest: Int64 = try known.first?.first?["newest"], newest > after, kinds.canFind(found) else {
            return ([], after)
        }
        let range = EventKinds.Range(after: after, newest: newest)
        let page = try kinds.page(ToldEvent.select, found ?? Rows(width: 0), range, atMost: limit)
        let events = try await storage.fetch(page[0]).map { try ToldEvent($0, for: tenant) }
        return (events, Int64(events.count) == limit ? events.last?.position ?? newest : newest)
    }

    /// The position behind which it begins.
    /// - Parameters:
    ///   - newest: of the shop; nil where it has no events, or none any more.
    ///   - last: that was given to an event of any shop.
    private func cursor(newest: Int64?, last: Int64) throws -> Int64 {
        guard let after, !after.isEmpty else { return 0 }
        if after == "now" { return newest ?? 0 }
        guard let position = WholeNumber(strict: after)?.int64, position >= 0 else {
            throw Problem.invalid(startName, "cursor", "is not a cursor of this feed")
        }
        guard position <= newest ?? last else {
            let words = "is ahead of this feed, which may have been restored; begin without it, or go on from now"
            var problem = Problem(.invalid, "cursor_ahead", "\(startName): \(words)")
            problem.errors = [Problem.FieldError(startName, "cursor_ahead", words)]
            throw problem
        }
        return position
    }

    /// The position with which it ends; nil where there is nothing.
    private func end(newest: Int64?) throws -> Int64? {
        guard let until, !until.isEmpty else { return newest }
        guard let position = WholeNumber(strict: until)?.int64, position >= 0 else {
            throw Problem.invalid("?until", "cursor", "is not a cursor of this feed")
        }
        return newest.map { min($0, position) }
    }
}
