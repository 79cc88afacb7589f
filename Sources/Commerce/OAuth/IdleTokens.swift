import Basics
import Persistence
import Resources

/// OAuth tokens that nobody uses: whoever let the client in is told after 75 days, and after 90 they are revoked (seed 000).
enum IdleTokens {
    /// Soon after a start, and without a write where nothing is due. What is done is found out again in its own transaction,
    /// so that several processes do it once.
    static let job = Job("look after idle OAuth tokens", everywhere: .seconds(20)) { context in
        for place in try await due(after: endDays, context) { try await revoke(place, context) }
        for place in try await due(after: toldDays, context, " AND \(untold)") { try await tell(place, context) }
    }

    private static let toldDays: Int64 = 75
    private static let endDays: Int64 = 90

    private static let live: SQL = """
        FROM oauth_grants g JOIN tokens t ON t.webshop_id = g.webshop_id AND t.token_id = g.token_id
        JOIN webshops w ON w.webshop_id = g.webshop_id WHERE t.removed_on IS NULL AND w.removed_on IS NULL
        """
    private static let untold: SQL = "(g.told IS NULL OR g.told < g.issued OR g.told < t.last_used)"

    private static func isIdle(since end: Instant) -> SQL {
        "g.issued <= \(end) AND (t.last_used IS NULL OR t.last_used <= \(end))"
    }

    private static func due(
        after days: Int64, _ context: JobContext, _ further: SQL = ""
    ) async throws -> [OAuthGrant.Place] {
        let end = context.now.adding(seconds: -days * 86_400)
        return try await context.storage.fetch(
            """
            SELECT g.webshop_id, g.token_id \(live) AND \(isIdle(since: end))\(further)
            ORDER BY g.webshop_id, g.token_id
            """
        ).map { try OAuthGrant.Place($0) }
    }

    private static func revoke(_ place: OAuthGrant.Place, _ context: JobContext) async throws {
        try await with(place, idle: endDays, context) { _, tx in try OAuthGrant.revoke(place.token, in: tx) }
    }

    private static func tell(_ place: OAuthGrant.Place, _ context: JobContext) async throws {
        let outbox: Outbox = try context.services.get()
        try await with(place, idle: toldDays, context, " AND \(untold)") { row, tx in
            try tx.db.run(
                """
                UPDATE oauth_grants SET told = \(tx.now) WHERE webshop_id = \(tx.shop) AND token_id = \(place.token)
                """)
            if let draft = try draft(row, tx) { try outbox.queueOfPlatform(draft, in: tx) }
        }
    }

    /// Does something about a token in its shop's transaction, if it is idle still.
    private static func with(
        _ place: OAuthGrant.Place, idle days: Int64, _ context: JobContext, _ further: SQL = "",
        _ work: @escaping @Sendable (Row, Transaction) throws -> Void
    ) async throws {
        guard let tenant = try await context.tenant(place.shop) else { return }
        try await context.storage.transact(in: tenant, at: context.now, as: job.name) { tx in
            // Held before it is looked at: of two processes the second finds nothing to do.
            _ = try tx.takeAll(Token.self, [place.token])
            let row = try tx.db.row(
                """
                SELECT g.user_id, g.issued, t.name, t.last_used \(live) AND g.webshop_id = \(tx.shop)
                AND g.token_id = \(place.token) AND \(isIdle(since: tx.now.adding(seconds: -days * 86_400)))\(further)
                """)
            if let row { try work(row, tx) }
        }
    }

    /// The mail to whoever let the client in; nil where that is nobody who can be written to.
    private static func draft(_ row: Row, _ tx: Transaction) throws -> MailDraft? {
        let user: Int64 = try row["user_id"]
        guard let email: String = try tx.db.row("SELECT email FROM users WHERE user_id = \(user)")?["email"],
            MailAddress(email) != nil
        else { return nil }
        let since = max(try row["issued"] as Instant, try row["last_used"] ?? row["issued"])
        func day(_ instant: Instant) -> String { Timestamp.day(instant, zone: tx.tenant.zone) }
        return MailDraft(
            .tokenIdle, to: email,
            [
                "shop": tx.tenant.name, "token": try row["name"], "last_used": day(since),
                "ends": day(since.adding(seconds: endDays * 86_400)),
            ])
    }
}
