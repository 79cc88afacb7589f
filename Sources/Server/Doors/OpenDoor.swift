import Commerce
import HTTPTypes
import Resources

/// What everybody may see: pictures, documents, the server's health and its description of itself. Files are sent in parts.
struct OpenDoor: Door {
    let prefix = ""
    let authenticator: Authenticator
    let origins: WebOrigins

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        guard endpoint.access == .open else { throw context.nothingThere }
        // What shows a shop's things asks whose host this is; what tells that the process lives must not ask the database.
        if case .open = endpoint.work {
            context.hostShop = try await authenticator.shop(ofHost: context.host, at: context.now)
        }
    }

    func answer(_ answer: Answer, _ context: RequestContext) -> Answer { context.ranged(answer) }

    func preflight(_ context: inout RequestContext) async throws { try await origins.preflight(&context) }

    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {
        // What may be read from everywhere says so itself.
        origins.describe(&fields, context) { _ in false }
    }
}
