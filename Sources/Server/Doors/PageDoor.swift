import Basics
import Commerce
import Console
import HTTPTypes
import Persistence
import Resources

/// `/admin` (CONTRACT 8, "Access"): pages for browsers. A cookie tells who has logged in; each form carries a token that goes with
/// the cookie, so that no other site can send it. Whoever has to log in first, or to say again who they are, is asked for that in
/// the place of the page, and comes to it then.
struct PageDoor: Door {
    let prefix = "admin"
    let storage: any Storage
    let pages: Pages
    let publicURL: String

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        guard case .page(let need) = endpoint.access else { throw context.nothingThere }
        let sent = Cookies.value(of: Visit.cookie, in: context.request.headers[values: .cookie])
        let cookie = sent.flatMap { SecretText.isPlausible($0) ? $0 : nil }
        if let cookie, let session = try await Sessions.session(of: cookie, in: storage, at: context.now) {
            context.caller = .user(session)
        }
        context.isNewCookie = cookie == nil
        context.cookie = cookie ?? SecretText.new()
        if let missing = Visit.missing(need, context.caller, at: context.now) { throw missing.problem }
    }

    func body(_ bytes: [UInt8], _ endpoint: Endpoint, _ context: RequestContext) throws -> JSON? {
        let form = try RequestBodyReader.form(bytes, type: context.request.headers[.contentType])
        guard case .object(let object)? = form, case .string(let token)? = object["csrf"],
            Visit.isFormToken(token, of: context.cookie)
        else {
            throw Problem(
                .forbidden, "form_token",
                "This form is too old, or came from another site. Go back, load the page again and send it once more.")
        }
        return form
    }

    func answer(_ problem: Problem, _ context: RequestContext) -> Answer {
        let (path, query) = context.target
        let isRead = context.request.method == .get || context.isHead
        let asked = isRead ? String(path) + (query.isEmpty ? "" : "?" + query) : "/admin"
        return pages.answer(problem, asked: asked, isRead: isRead, cookie: context.cookie, requestID: context.id)
    }

    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {
        // What others may keep is no place for a cookie of one browser.
        if context.isNewCookie, fields[.setCookie] == nil, fields[.cacheControl] == "no-store" {
            fields[.setCookie] = Visit.setCookie(context.cookie, publicURL)
        }
        if fields[.contentSecurityPolicy] == nil { fields[.contentSecurityPolicy] = Visit.policy() }
        fields[.referrerPolicy] = "no-referrer"
        fields[.frameOptions] = "DENY"
        fields[.openerPolicy] = "same-origin"
        fields[.resourcePolicy] = "same-origin"
        if publicURL.hasPrefix("https:") {
            fields[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        }
    }
}
