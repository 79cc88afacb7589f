import Basics
import HTTPTypes
import Resources

/// `/mcp` (CONTRACT 8, "MCP"): programs that work for people call tools with a token, at its level and within its limits. What is
/// wrong with a request is told in the form of JSON-RPC.
struct MCPDoor: Door {
    let prefix = "mcp"
    let admission: Admission
    let origins: WebOrigins
    /// The server's own address, whose pages are no strangers.
    let publicURL: String

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        guard case .token(let level) = endpoint.access else { throw context.nothingThere }
        let origin = context.request.headers[.origin]
        if let origin, origin != publicURL,
            try await !origins.authenticator.isKnownOrigin(origin, at: context.now)
        {
            throw Self.foreign
        }
        try await admission.admit(&context, level)
        if let origin, origin != publicURL, !context.lists(origin) {
            leave(context)
            throw Self.foreign
        }
    }

    func leave(_ context: RequestContext) {
        if let grant = context.grant { admission.limiter.leave(grant) }
    }

    /// MCP 2026-07-28, "Security & Endpoint": a page elsewhere that has got hold of a name of ours.
    private static var foreign: Problem {
        Problem(.forbidden, "origin", "Pages of this origin are not let in; list it at the shop or the token.")
    }

    /// What the headers say of a message stands beside it.
    func body(_ bytes: [UInt8], _ endpoint: Endpoint, _ context: RequestContext) throws -> JSON? {
        let headers = context.request.headers
        let message = try RequestBodyReader.json(bytes, type: headers[.contentType], rowsMax: endpoint.rowsMax)
        var sent = JSONObject([.init("message", message ?? .null)])
        for (name, field) in [("version", HTTPField.Name.mcpVersion), ("method", .mcpMethod), ("name", .mcpName)] {
            if let value = headers[field] { sent.append(name, .string(value)) }
        }
        return .object(sent)
    }

    func answer(_ problem: Problem, _ context: RequestContext) -> Answer {
        var answer = MCPError(problem, requestID: context.id).answer(to: nil)
        answer.headers = problem.headers
        return answer
    }

    func preflight(_ context: inout RequestContext) async throws { try await origins.preflight(&context) }

    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {
        context.describeLimits(&fields)
        origins.describe(&fields, context) { context.lists($0) || $0 == publicURL }
    }
}
