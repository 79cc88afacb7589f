package import Basics
package import Persistence
package import Resources

/// A client as whoever registers it describes it.
package struct ClientDraft: Sendable {
    package var name: String
    package var redirectURIs: [String]
    package var maxLevel: Token.Level
    package var isPublic: Bool

    package init(name: String, redirectURIs: [String], maxLevel: Token.Level, isPublic: Bool = false) {
        (self.name, self.redirectURIs, self.maxLevel, self.isPublic) = (name, redirectURIs, maxLevel, isPublic)
    }

    private static let nameMax = 100
    private static let urisMax = 20

    /// - Throws: a `Problem` that tells all that is wrong.
    fileprivate func checked() throws -> (name: String, uris: [String]) {
        var faults: [Problem.FieldError] = []
        let name = name.trimmed
        if name.isEmpty || name.count > Self.nameMax || name.hasControls {
            faults.append(.init("/name", "length", "must have 1 to \(Self.nameMax) characters, none of them a control"))
        }
        if !(1...Self.urisMax).contains(redirectURIs.count) {
            faults.append(.init("/redirect_uris", "count", "must have 1 to \(Self.urisMax) addresses"))
        }
        for (index, uri) in redirectURIs.enumerated() {
            do throws(RedirectURI.Refused) { _ = try RedirectURI(uri) } catch {
                faults.append(.init("/redirect_uris/\(index)", "redirect_uri", error.reason))
            }
        }
        if !faults.isEmpty { throw Problem.invalid(faults) }
        return (name, redirectURIs)
    }
}

extension OAuthClient {
    /// A client with its secret, which nobody can ask for again; nil for one that keeps none.
    package struct Registered: Sendable {
        package let id: String
        package let secret: TokenText?
    }

    /// Registers a client. Done in `storage.write(changing: OAuthClient.tables)`.
    /// - Parameter actor: who does, in the words of the audit.
    package static func register(
        _ draft: ClientDraft, by actor: Actor = .job("command"), requestID: String = "command", in db: any Connection,
        now: Instant
    ) throws -> Registered {
        let (name, uris) = try draft.checked()
        let secret = draft.isPublic ? nil : TokenText(.clientSecret)
        let id = TokenText(.app, format: .hex32).text
        try db.run(
            """
            INSERT INTO oauth_clients (client_id, name, redirect_uris, max_level, secret_hash, created)
            VALUES (\(id), \(name), \(JSON.array(uris.map { .string($0) }).serialized), \(draft.maxLevel), \(secret?.hash),
            \(now))
            """)
        try Audit.note(
            "created", "client", id, after: try named(id, in: db)?.facts, by: actor, requestID: requestID, in: db,
            at: now)
        return Registered(id: id, secret: secret)
    }

    /// Removes a client, and then revokes all that it was given, shop by shop.
    /// - Returns: whether there was one.
    package static func remove(
        _ id: String, by actor: Actor = .job("command"), requestID: String = "command", in storage: any Storage,
        publicURL: String, at now: Instant
    ) async throws -> Bool {
        let isRemoved = try await storage.write(changing: tables) { db in
            let client = try named(id, in: db)
            let count = try db.run(
                "UPDATE oauth_clients SET removed_on = \(now) WHERE client_id = \(id) AND removed_on IS NULL")
            guard count > 0 else { return false }
            try Audit.note(
                "deleted", "client", id, before: client?.facts, by: actor, requestID: requestID, in: db, at: now)
            return true
        }
        guard isRemoved else { return false }
        try await OAuthGrant.revokeAll(ofRemovedClientsIn: storage, publicURL: publicURL, at: now)
        return true
    }
}
