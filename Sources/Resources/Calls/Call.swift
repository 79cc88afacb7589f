package import Basics
package import Persistence

/// One request to one endpoint, read and authenticated.
package struct Call: Sendable {
    package let endpoint: Endpoint
    package let caller: Caller
    /// The shop that is called, as of `now`.
    package let tenant: Tenant
    package let requestID: String
    /// When it was read.
    package let now: Instant
    /// What a write is stamped by.
    package var clock: @Sendable () -> Instant
    /// The values of the path's parameters, in order.
    package let parameters: [String]
    package let query: Query
    package let body: JSON?
    /// The body of an endpoint that takes a file.
    package let bytes: [UInt8]
    package let preferences: Preferences
    package private(set) var ifMatch: String?
    package let idempotency: IdempotencyKey?
    /// The files that came with the body.
    package var uploads = Uploads()
    /// What the server has beside its database.
    package var services = Services()
    /// The shop whose host was asked, where the work is open.
    package var hostShop: Int64?
    /// Where the client is.
    package var address = ""
    /// What a browser has shown at a page; a new one where it had none.
    package var cookie = ""
    package var userAgent = ""
    /// Whether the client wants server-sent events (`Accept: text/event-stream`), and how far it has come with them.
    package var isEventStream = false
    package var lastEventID: String?

    package init(
        endpoint: Endpoint, caller: Caller, requestID: String, now: Instant, parameters: [String] = [],
        query: Query = Query(), body: JSON? = nil, bytes: [UInt8] = [], preferences: Preferences = Preferences(),
        ifMatch: String? = nil, idempotency: IdempotencyKey? = nil
    ) {
        self.endpoint = endpoint
        self.caller = caller
        var tenant = caller.tenant
        tenant.now = now
        self.tenant = tenant
        self.requestID = requestID
        self.now = now
        clock = { now }
        self.parameters = parameters
        self.query = query
        self.body = body
        self.bytes = bytes
        self.preferences = preferences
        self.ifMatch = ifMatch
        self.idempotency = idempotency
    }

    /// The same call for one row of a batch: a condition on the whole request is none on its rows.
    package var unconditional: Call {
        var call = self
        call.ifMatch = nil
        return call
    }

    /// The token that calls.
    /// - Throws: 403 where somebody else does, of whom a call about its token has nothing to say.
    package func token() throws -> Principal {
        guard case .token(let principal) = caller else {
            throw Problem(.forbidden, "no_token", "This call is about the token it is made with, and there is none.")
        }
        return principal
    }

    /// The id in the path. Text that is no id names nothing, so it is 404 and not 400.
    package func id(_ index: Int = 0, of what: String) throws -> Int64 {
        guard parameters.indices.contains(index), let id = WholeNumber(strict: parameters[index])?.int64, id > 0 else {
            throw Problem.notFound(what)
        }
        return id
    }

    /// What the path names: an id, or `own_id:ABC-1` where the resource has a key of the shop's own.
    package func address(_ index: Int = 0, of info: ResourceInfo) throws -> RowAddress {
        guard parameters.indices.contains(index), let address = RowAddress(parameters[index], of: info) else {
            throw Problem.notFound(info.path)
        }
        return address
    }

    /// In strict mode, refuses parameters that the endpoint does not document.
    package func refuseUnknownParameters() throws {
        guard preferences.isStrict else { return }
        let known = Set(endpoint.documentation.query.map(\.name))
        let errors = query.items.filter { !known.contains($0.name) }.map {
            Problem.FieldError("?" + $0.name, "unknown", "is not a parameter of this call")
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }

    /// The body as an object.
    package func object() throws -> JSONObject {
        switch body {
        case .object(let object): return object
        case nil: throw Problem.malformed("body_missing", "This call needs a JSON object as its body.")
        default: throw Problem.malformed("body_not_object", "The body must be a JSON object.")
        }
    }
}

extension ResourceInfo {
    /// The condition for the row at an address. A key may be used again after a deletion, so it names live rows only.
    package func isAt(_ address: RowAddress) -> SQL {
        switch address {
        case .id(let id): "\(raw: key) = \(id)"
        case .own(let own): "\(raw: ownKey ?? key) = \(own.text) AND removed_on IS NULL"
        }
    }
}
