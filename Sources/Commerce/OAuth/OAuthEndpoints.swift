import Basics
import Persistence
import Resources

/// What programs ask of OAuth without a browser.
enum OAuthEndpoints {
    static let all = [token, revoke, introspect].map(small) + [metadata]

    /// More than any form of a client's has.
    private static func small(_ endpoint: Endpoint) -> Endpoint {
        var endpoint = endpoint
        endpoint.bodyMax = 65_536
        return endpoint
    }

    // MARK: Tokens

    private static let token = Endpoint(
        .post, "/oauth/token", .client, "oauth_token",
        """
        Exchanges a code (`authorization_code`, with the verifier of its challenge) or a refresh token for tokens. Thirty times \
        a minute for a client and address.
        """,
        form(
            ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope"],
            answer: OAuthTokens.schema),
        .exchange { call, storage in
            let (form, server) = (try OAuthForm(call), try call.services.get(OAuthServer.self))
            try refuseTooMany(form, call, server)
            return try await tokens(form, call, storage).answer(of: server)
        })

    private static func refuseTooMany(_ form: OAuthForm, _ call: Call, _ server: OAuthServer) throws {
        guard let seconds = server.rate.wait(form.clientID, from: call.address, at: call.now) else { return }
        var problem = Problem(.limited, OAuthError.slowDown.rawValue, "This client asks too often; slow down.")
        problem.headers = [("Retry-After", String(seconds))]
        throw problem
    }

    private static func tokens(_ form: OAuthForm, _ call: Call, _ storage: any Storage) async throws -> OAuthTokens {
        let type = try form.needed("grant_type")
        let client = try await form.client(in: storage)
        switch type {
        case "authorization_code":
            guard let code = try await AuthorizationCode.named(form.needed("code"), in: storage) else {
                throw AuthorizationCode.wrong
            }
            return try await code.redeem(form, by: client, call, storage)
        case "refresh_token":
            guard let refresh = try await RefreshToken.named(form.needed("refresh_token"), in: storage) else {
                throw RefreshToken.wrong
            }
            return try await refresh.redeem(by: client, call, storage)
        default:
            throw OAuthError.unsupportedGrantType.problem("grant_type must be authorization_code or refresh_token.")
        }
    }

    // MARK: What becomes of them

    private static let revoke = Endpoint(
        .post, "/oauth/revoke", .client, "oauth_revoke",
        """
        Revokes a token (RFC 7009). Access and refresh token end together, whichever is sent; what is no token, or none any \
        more, is answered in the same way.
        """, form(["token", "token_type_hint"], answer: ["type": "object"]),
        .exchange { call, storage in
            let form = try OAuthForm(call)
            let client = try await form.client(in: storage)
            if let issued = try await IssuedToken.named(form.needed("token"), in: storage, at: call.now) {
                guard issued.client == client.id else {
                    throw OAuthError.invalidGrant.problem("The token was given to another client.")
                }
                _ = try await storage.exchange(inShop: issued.shop, call, by: .job("revoke OAuth token")) { tx in
                    try OAuthGrant.revoke(issued.token, in: tx)
                }
            }
            return untagged([:])
        })

    private static let introspect = Endpoint(
        .post, "/oauth/introspect", .client, "oauth_introspect",
        "Tells a client that has a secret what became of a token of its own (RFC 7662); of any other it is told `active: false`.",
        form(["token", "token_type_hint"], answer: introspected),
        .exchange { call, storage in
            let (form, server) = (try OAuthForm(call), try call.services.get(OAuthServer.self))
            let client = try await form.provenClient(in: storage)
            let issued = try await IssuedToken.named(form.needed("token"), in: storage, at: call.now)
            guard let issued, issued.client == client.id else { return untagged(IssuedToken.inactive) }
            return untagged(issued.json(of: server))
        })

    private static let introspected: JSON = [
        "type": "object", "required": ["active"], "additionalProperties": false,
        "properties": [
            "active": ["type": "boolean"], "scope": ["type": "string"], "client_id": ["type": "string"],
            "token_type": ["type": "string"], "iat": ["type": "integer"], "exp": ["type": "integer"],
            "sub": ["type": "string", "description": "The user who let the client in."], "iss": ["type": "string"],
            "webshop_id": ["type": "integer"],
        ],
    ]

    private static func untagged(_ json: JSON) -> Answer {
        var answer = Answer.json(json)
        answer.isTagged = false
        return answer
    }

    // MARK: Metadata

    private static let metadata = Endpoint(
        .get, "/.well-known/oauth-authorization-server", .open, "oauth_metadata",
        "Where OAuth's addresses are and what they take (RFC 8414).",
        Documentation(tag: "oauth", answer: ["type": "object", "required": ["issuer", "token_endpoint"]]),
        .plain { call in
            var answer = Answer.json(try call.services.get(OAuthServer.self).metadata)
            answer.headers = [("Access-Control-Allow-Origin", "*")]
            return answer
        })

    /// A form of members, of which the first must be there, and of what a client is known by.
    private static func form(_ members: [String], answer: JSON) -> Documentation {
        let properties = (members + ["client_id", "client_secret"]).map { name in
            JSONObject.Member(name, ["type": "string"])
        }
        return Documentation(
            tag: "oauth",
            body: [
                "type": "object", "required": .array(members.prefix(1).map { .string($0) }),
                "properties": .object(JSONObject(properties)),
                "description": "client_id and client_secret may stand in an Authorization: Basic header instead.",
            ], answer: answer, bodyTypes: ["application/x-www-form-urlencoded"])
    }
}

extension OAuthServer {
    fileprivate var metadata: JSON {
        let proofs: JSON = ["client_secret_basic", "client_secret_post"]
        let levels = JSON.array(Token.Level.allCases.map { .string($0.rawValue) })
        return [
            "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/oauth/authorize"),
            "token_endpoint": .string(issuer + "/oauth/token"),
            "revocation_endpoint": .string(issuer + "/oauth/revoke"),
            "introspection_endpoint": .string(issuer + "/oauth/introspect"),
            "scopes_supported": levels, "response_types_supported": ["code"], "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "introspection_endpoint_auth_methods_supported": proofs,
            "authorization_response_iss_parameter_supported": true,
        ]
    }
}
