import Commerce
import HTTPTypes
import Resources

/// `/REST` (CONTRACT 4): a token calls, at its level and within its limits. Answers have tags.
struct RestDoor: Door {
    let prefix = "REST"
    let admission: Admission
    let apps: AppTokens
    let origins: WebOrigins

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        switch endpoint.access {
        case .open: break
        case .local, .client, .page: throw context.nothingThere
        case .app: try await admitApp(&context)
        case .token(let level):
            try await admission.admit(&context, level)
            context.isDryRun = Preferences(header: context.request.headers[.prefer]).isDryRun
        }
    }

    private func admitApp(_ context: inout RequestContext) async throws {
        guard let token = Credentials.appToken(in: context.request.headers),
            let app = try await apps.caller(token)
        else {
            var problem = Problem(
                .unauthenticated, "unauthenticated", "Send the app's own token as Authorization: App <token>.")
            problem.headers = [("WWW-Authenticate", "App realm=\"butik\"")]
            throw problem
        }
        context.caller = .app(app)
    }

    func leave(_ context: RequestContext) {
        if let grant = context.grant { admission.limiter.leave(grant) }
    }

    func answer(_ answer: Answer, _ context: RequestContext) -> Answer { context.conditional(answer) }

    func preflight(_ context: inout RequestContext) async throws { try await origins.preflight(&context) }

    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {
        if context.isDryRun { fields[.preferenceApplied] = "dry-run" }
        context.describeLimits(&fields)
        origins.describe(&fields, context) { context.lists($0) }
    }
}
