import Basics
import Commerce
import Persistence
import Resources

/// Does the API's own operations for whoever came another way than by a request for them, such as the tools of MCP: with the
/// same files, idempotency and door to write.
struct Operations: Sendable {
    private let settings: RequestHandler.Settings
    private let keys: InFlightKeys

    init(_ settings: RequestHandler.Settings, _ keys: InFlightKeys) {
        (self.settings, self.keys) = (settings, keys)
    }

    /// - Parameters:
    ///   - outer: the call it is done for: who calls, and when.
    ///   - key: the caller's idempotency key.
    func answer(
        _ endpoint: Endpoint, for outer: Call, _ parameters: [String], _ query: Query, _ body: JSON?,
        _ preferences: Preferences, key: String?, from storage: any Storage
    ) async throws -> Answer {
        if case .array(let rows)? = body, let most = endpoint.rowsMax, rows.count > most {
            throw Problem.invalid("", "too_long", "has \(rows.count) rows; at most \(most)")
        }
        var uploads = UploadReader(
            settings.media, settings.outbound, shop: outer.tenant.webshopID, isDryRun: preferences.isDryRun)
        var idempotency: IdempotencyKey?
        if endpoint.isWrite, let caller = outer.caller.key, let key {
            let request = ([endpoint.method.rawValue, endpoint.template] + parameters).joined(separator: "\n") + "\n"
            idempotency = IdempotencyKey(
                caller: caller, key: key,
                requestHash: Fingerprint.sha256(Array(request.utf8), body?.bytes ?? []))
        }
        var call = Call(
            endpoint: endpoint, caller: outer.caller, requestID: outer.requestID, now: outer.now,
            parameters: parameters, query: query,
            body: endpoint.uploads.isEmpty ? body : try await uploads.taken(from: body, endpoint),
            preferences: preferences, idempotency: idempotency)
        (call.clock, call.services, call.address) = (outer.clock, outer.services, outer.address)
        call.uploads = uploads.uploads
        return try await call.answer(from: storage, keys)
    }
}

extension Call {
    /// Does the work, where no request under the same idempotency key is under way.
    func answer(from storage: any Storage, _ keys: InFlightKeys) async throws -> Answer {
        let key = idempotency.map { "\($0.caller)/\($0.key)" }
        if let key, !keys.enter(key) { throw Problem.inFlight }
        defer { if let key { keys.leave(key) } }
        return try await answer(from: storage)
    }
}
