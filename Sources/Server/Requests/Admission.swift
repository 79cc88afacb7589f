import Basics
import Commerce
import HTTPTypes
import Resources

/// Who may come in: token, address, shop, rate, level.
struct Admission: Sendable {
    let authenticator: Authenticator
    let limiter: Limiter
    let settings: RequestHandler.Settings

    /// Lets a token in, counted as under way until the limiter is told that it has left.
    func admit(_ context: inout RequestContext, _ level: AccessLevel) async throws {
        let grant = try await grant(&context)
        if let shop = try await authenticator.shop(ofHost: context.host, at: context.now),
            shop != grant.principal.tenant.webshopID
        {
            throw Problem(.forbidden, "other_shop", "This token does not belong to the shop at \(context.host).")
        }
        try await enter(grant, &context)
        if grant.principal.level < level {
            limiter.leave(grant)
            throw Problem.level(level, isMoreThan: grant.principal.level)
        }
    }

    private func grant(_ context: inout RequestContext) async throws -> Authenticator.Grant {
        guard let token = Credentials.token(in: context.request.headers),
            let grant = try await authenticator.grant(for: token, at: context.now),
            AddressRange.allows(context.address, grant.addresses)
        else {
            var problem = Problem(
                .unauthenticated, "unauthenticated", "Send a valid token as Authorization: Bearer <token>.")
            problem.headers = [("WWW-Authenticate", "Bearer realm=\"butik\"")]
            throw problem
        }
        context.grant = grant
        context.caller = .token(grant.principal)
        return grant
    }

    private func enter(_ grant: Authenticator.Grant, _ context: inout RequestContext) async throws {
        let (verdict, standing) = limiter.enter(grant, at: context.now, clock: settings.monotonic())
        context.standing = standing
        switch verdict {
        case .allowed: return
        case .waits(let time):
            do {
                return try await settings.sleep(time)
            } catch {
                limiter.leave(grant)
                throw error
            }
        case .tooFast(let seconds):
            throw Self.limited("rate_limit", "Too many calls at once; slow down.", seconds)
        case .usedUp(let seconds):
            throw Self.limited("daily_limit", "This token has used its calls for today.", seconds)
        case .tooMany:
            throw Self.limited("in_flight", "This token has too many requests under way.", 1)
        }
    }

    private static func limited(_ code: String, _ detail: String, _ seconds: Int64) -> Problem {
        var problem = Problem(.limited, code, detail)
        problem.headers = [("Retry-After", String(seconds))]
        return problem
    }
}

extension Problem {
    /// What a token is told that may not do what it asks for.
    static func level(_ needed: AccessLevel, isMoreThan level: AccessLevel) -> Problem {
        Problem(
            .forbidden, "level",
            "This call needs a token of level \(needed.rawValue); yours is \(level.rawValue).")
    }
}
