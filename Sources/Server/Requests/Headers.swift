import HTTPTypes

/// Names that are not among the standard ones. None of them is malformed, so `via` never stands in.
extension HTTPField.Name {
    static let accessToken = HTTPField.Name("X-Access-Token") ?? .via
    static let requestID = HTTPField.Name("X-Request-Id") ?? .via
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .via
    static let prefer = HTTPField.Name("Prefer") ?? .via
    static let preferenceApplied = HTTPField.Name("Preference-Applied") ?? .via
    static let rateLimit = HTTPField.Name("RateLimit") ?? .via
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .via
    static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options") ?? .via
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
    static let frameOptions = HTTPField.Name("X-Frame-Options") ?? .via
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .via
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy") ?? .via
    static let mcpVersion = HTTPField.Name("MCP-Protocol-Version") ?? .via
    static let mcpMethod = HTTPField.Name("Mcp-Method") ?? .via
    static let mcpName = HTTPField.Name("Mcp-Name") ?? .via
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .via
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
}

extension HTTPFields {
    /// Whether the client wants server-sent events.
    var wantEventStream: Bool {
        guard let accept = self[.accept], accept.contains("text/event-stream") else { return false }
        return accept.split(separator: ",").contains { MediaType(String($0)).name == "text/event-stream" }
    }
}
