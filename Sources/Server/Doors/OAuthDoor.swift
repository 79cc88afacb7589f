import Basics
import Commerce
import Foundation
import HTTPTypes
import Resources

/// `/oauth` (CONTRACT 8): programs send forms, with their own id and secret in them or in a header, and are told what is wrong in
/// OAuth's form.
struct OAuthDoor: Door {
    let prefix = "oauth"
    let origins: WebOrigins

    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws {
        guard endpoint.access == .client else { throw context.nothingThere }
        context.isOriginKnown = try await origins.authenticator.isKnownOrigin(
            context.request.headers[.origin], at: context.now)
    }

    func preflight(_ context: inout RequestContext) async throws { try await origins.preflight(&context) }

    /// A program that is a page itself may read its tokens where any shop lets its origin in: whose they are is in the form.
    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {
        origins.describe(&fields, context) { _ in context.isOriginKnown }
    }

    func body(_ bytes: [UInt8], _ endpoint: Endpoint, _ context: RequestContext) throws -> JSON? {
        let type = context.request.headers[.contentType]
        guard case .object(var form)? = try RequestBodyReader.form(bytes, type: type) else { return nil }
        if let (id, secret) = try Self.credentials(context.request.headers) {
            // RFC 6749 2.3: one way to prove who it is, and no other name.
            guard form["client_secret"] == nil, form["client_id"] ?? .string(id) == .string(id) else {
                throw Problem.malformed(
                    OAuthError.invalidRequest.rawValue, "The client proves itself by header and body at once; use one.")
            }
            form = form.without(["client_id"])
            form.append("client_id", .string(id))
            form.append("client_secret", .string(secret))
        }
        return .object(form)
    }

    /// What a client says of itself by HTTP Basic (RFC 6749 2.3.1): id and secret are forms' text, and then base64.
    private static func credentials(_ headers: HTTPFields) throws -> (id: String, secret: String)? {
        let given = headers[values: .authorization]
        guard !given.isEmpty else { return nil }
        let words = given.count == 1 ? given[0].split(separator: " ") : []
        guard words.count == 2, words[0].lowercased() == "basic", let data = Data(base64Encoded: String(words[1]))
        else { throw unproven }
        let parts = data.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = PercentEncoding.decode(parts[0], plusIsSpace: true),
            let secret = PercentEncoding.decode(parts[1], plusIsSpace: true)
        else { throw unproven }
        return (id, secret)
    }

    private static var unproven: Problem {
        OAuthError.invalidClient.problem("Authorization must be Basic, with the client's id and secret.")
    }

    /// RFC 6749 5.2, for whatever is wrong with what was sent; the rest looks as everywhere.
    func answer(_ problem: Problem, _ context: RequestContext) -> Answer {
        switch problem.kind {
        case .malformed, .unauthenticated, .invalid, .unsupportedType, .tooLarge, .limited: break
        default: return problem.answer(requestID: context.id)
        }
        let error = OAuthError(rawValue: problem.code) ?? .invalidRequest
        let text = String(decoding: problem.detail.utf8.filter(Self.isDescriptive), as: UTF8.self)
        var answer = Answer.json(["error": .string(error.rawValue), "error_description": .string(text)])
        answer.status = [.unauthenticated, .limited].contains(problem.kind) ? problem.kind.rawValue : 400
        answer.headers = problem.headers
        return answer
    }

    /// What RFC 6749 lets stand in an error_description.
    private static func isDescriptive(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
