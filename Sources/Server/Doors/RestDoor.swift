import HTTPTypes
import Resources

/// `/REST` (CONTRACT 4): a token calls, at its level and within its limits. Answers have tags.
struct RestDoor: Door {
    let prefix = "REST"
    let admission: Admission
    let origins: WebOrigins

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        switch endpoint.access {
        case .open: break
        case .local, .client, .page: throw context.nothingThere
        case .token(let level):
            try await admission.admit(&context, level)
            context.isDryRun = Preferences(header: context.request.headers[.prefer]).isDryRun
        }
    }

    func leave(_ context: RequestContext) {
        if let grant = context.grant { admission.limiter.leave(grant) }
    }

    func answer(_ answer: Answer, _ context: RequestContext) -> Answer { context.conditional(answer) }

    func preflight(_ context: inout RequestContext) async throws { try await origins.preflight(&context) }

    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {
        if context.isDryRun { fields[.preferenceApplied] = "dry-run" }
        if let standing = context.standing, let grant = context.grant {
            // draft-ietf-httpapi-ratelimit-headers: the policies, and where this token stands.
            let daily = grant.dailyLimit.map { ", \"daily\";q=\($0);w=86400" } ?? ""
            let day = standing.day.map { ", \"daily\";r=\($0.left);t=\($0.reset)" } ?? ""
            fields[.rateLimitPolicy] = "\"burst\";q=\(grant.burst);w=2\(daily)"
            fields[.rateLimit] = "\"burst\";r=\(standing.burst.left);t=\(standing.burst.reset)\(day)"
        }
        origins.describe(&fields, context) { origin in
            guard let grant = context.grant else { return false }
            return grant.origins.contains(origin) || grant.principal.tenant.origins.contains(origin)
        }
    }
}
