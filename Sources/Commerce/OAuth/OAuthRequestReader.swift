import Basics
package import Persistence
package import Resources

/// The addresses that the page is reached by.
package enum OAuthPage: Sendable {
    /// `/admin/oauth/login`, where the seed's clients come too.
    case login
    /// `/oauth/authorize`, which is for codes only: nobody gets a token into an address by leaving a parameter out.
    case authorize
}

extension OAuthRequest {
    /// Reads what a client asks for. Who asks and where the answer goes is found out before anything is told to anybody.
    package static func read(
        _ query: Query, at page: OAuthPage, of server: OAuthServer, in storage: any Storage
    ) async throws -> OAuthAsked {
        let id = query["client_id"] ?? ""
        let isName = OAuthRequestReader.isName(id)
        let client = isName ? try await OAuthClient.named(id, in: storage) : nil
        if client == nil, isName, try await OAuthClient.isRemoved(id, in: storage) {
            return .refused("The program with the client_id of the link is registered no longer.")
        }
        return OAuthRequestReader(query: query, page: page, server: server, client: client).asked
    }
}

/// Reads an authorization request (RFC 6749 4.1.1, RFC 7636 4.3), whose client was looked up.
struct OAuthRequestReader {
    let query: Query
    let page: OAuthPage
    let server: OAuthServer
    let client: OAuthClient?

    private static let parameters = [
        "client_id", "redirect_uri", "state", "response_type", "code_challenge", "code_challenge_method", "scope",
    ]
    private static let idMax = 255
    private static let stateMax = 2048
    /// SHA-256 in base64url.
    private static let challengeBytes = 43

    /// Why nobody is sent anywhere.
    private struct Unanswerable: Error {
        let reason: String
    }

    /// What a client has asked wrongly.
    private struct Fault: Error {
        let error: String
        let reason: String
    }

    var asked: OAuthAsked {
        do throws(Unanswerable) {
            let uri = try redirectURI()
            do throws(Fault) {
                return .good(try request(uri))
            } catch {
                // A link to us is no way to send people to an address that nobody has registered (RFC 9700 4.11.2).
                guard client != nil else { return .refused(error.reason) }
                return .redirect(uri.adding(told(error)))
            }
        } catch {
            return .refused(error.reason)
        }
    }

    // MARK: Who asks

    /// Whether a text can be what a client is known by.
    static func isName(_ id: String) -> Bool {
        (1...idMax).contains(id.utf8.count) && !id.hasControls
    }

    private func redirectURI() throws(Unanswerable) -> RedirectURI {
        guard let id = once("client_id"), Self.isName(id) else {
            throw Unanswerable(reason: "The link has no client_id that says which program asks.")
        }
        guard let text = once("redirect_uri"), !text.isEmpty else {
            throw Unanswerable(reason: "The link has no redirect_uri that says where the answer goes.")
        }
        let uri: RedirectURI
        do throws(RedirectURI.Refused) { uri = try RedirectURI(text) } catch {
            throw Unanswerable(reason: "The redirect_uri of the link \(error.reason).")
        }
        if let client {
            guard client.redirectURIs.contains(where: { uri.matches($0) }) else {
                throw Unanswerable(reason: "The redirect_uri of the link is none that \(client.name) has registered.")
            }
        } else if !server.servesUnregistered || asksForCode {
            throw Unanswerable(reason: "There is no program registered with the client_id of the link.")
        }
        return uri
    }

    private var asksForCode: Bool { page == .authorize || query["response_type"] != nil }

    // MARK: What it asks for

    private func request(_ uri: RedirectURI) throws(Fault) -> OAuthRequest {
        if let twice = Self.parameters.first(where: { count(of: $0) > 1 }) {
            throw Fault(error: "invalid_request", reason: "\(twice) is there more than once")
        }
        guard let state = query["state"], !state.isEmpty else {
            throw Fault(error: "invalid_request", reason: "state is missing: without it anybody could answer for us")
        }
        guard state.utf8.count <= Self.stateMax else {
            throw Fault(error: "invalid_request", reason: "state takes more than \(Self.stateMax) bytes")
        }
        let flow = try flow()
        let most = client?.maxLevel ?? .all
        return OAuthRequest(
            clientID: query["client_id"] ?? "", client: client, redirectURI: uri, state: state, flow: flow,
            levels: min(most, flow == .token ? .all : try scope()).included, server: server)
    }

    private func flow() throws(Fault) -> OAuthRequest.Flow {
        guard asksForCode else {
            // Somebody has taken the response_type out of a request for a code.
            guard query["code_challenge"] == nil else {
                throw Fault(error: "invalid_request", reason: "response_type is missing")
            }
            return .token
        }
        guard let type = query["response_type"], !type.isEmpty else {
            throw Fault(error: "invalid_request", reason: "response_type is missing")
        }
        guard type == "code" else {
            throw Fault(error: "unsupported_response_type", reason: "response_type must be code")
        }
        guard let challenge = query["code_challenge"] else {
            throw Fault(error: "invalid_request", reason: "code_challenge is missing (PKCE)")
        }
        guard query["code_challenge_method"] == "S256" else {
            throw Fault(error: "invalid_request", reason: "code_challenge_method must be S256")
        }
        guard challenge.utf8.count == Self.challengeBytes, Base64URL.decode(challenge) != nil else {
            throw Fault(error: "invalid_request", reason: "code_challenge must be a SHA-256 in base64url")
        }
        return .code(challenge: challenge)
    }

    /// The most that is asked for; all where nothing is said.
    private func scope() throws(Fault) -> Token.Level {
        guard let scope = query["scope"], !scope.isEmpty else { return .all }
        let words = scope.split(separator: " ").map { Token.Level(rawValue: String($0)) }
        guard !words.contains(nil), let most = words.compactMap({ $0 }).max() else {
            throw Fault(error: "invalid_scope", reason: "scope must be read, write or all")
        }
        return most
    }

    private func count(of name: String) -> Int { query.items.count { $0.name == name } }

    private func once(_ name: String) -> String? { count(of: name) == 1 ? query[name] : nil }

    private func told(_ fault: Fault) -> [(name: String, value: String)] {
        var parameters = [("error", fault.error), ("error_description", fault.reason)]
        if let state = once("state"), !state.isEmpty, state.utf8.count <= Self.stateMax {
            parameters.append(("state", state))
        }
        if asksForCode { parameters.append(("iss", server.issuer)) }
        return parameters
    }
}
