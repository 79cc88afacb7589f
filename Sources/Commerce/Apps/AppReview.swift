package import Basics
package import Persistence
package import Resources

/// What the platform does with apps: looks at those that were submitted, approves or rejects them.
package enum AppReview {
    /// An app as a reviewer sees it in a list.
    package struct Listed: Sendable {
        package let id: Int64
        package let shop: Int64
        package let name: String
        package let status: String
    }

    /// Those with a status, the oldest first, at most a thousand.
    package static func apps(_ status: App.Status, in db: any Connection) throws -> [Listed] {
        try db.rows(
            """
            SELECT app_id, webshop_id, name, status FROM apps WHERE status = \(status) AND removed_on IS NULL
            ORDER BY app_id LIMIT 1000
            """
        ).map {
            Listed(id: try $0["app_id"], shop: try $0["webshop_id"], name: try $0["name"], status: try $0["status"])
        }
    }

    /// Lets other shops install an app as it was submitted.
    /// - Parameters:
    ///   - name: the command that does it, or where it was asked for.
    ///   - actor: who does, where that is no command.
    package static func approve(
        _ id: Int64, in storage: any Storage, publicURL: String, at now: Instant, as name: String = "command",
        by actor: Actor? = nil
    ) async throws {
        try await change(id, in: storage, publicURL, now, name, actor, action: "approved") { app in
            guard app.status == .submitted else {
                throw Problem.conflict(
                    "app_not_submitted", "App \(id) is \(app.status.rawValue); only one that was submitted is approved."
                )
            }
            (app.status, app.reason, app.approved) = (.approved, nil, AppTerms(app).text)
            app.approvedOn = app.approvedOn ?? now
        }
    }

    /// Sends an app back to who made it. One that is approved stops running in other shops; one whose changes were submitted runs on
    /// there as it was approved before.
    package static func reject(
        _ id: Int64, because reason: String, in storage: any Storage, publicURL: String, at now: Instant,
        as name: String = "command", by actor: Actor? = nil
    ) async throws {
        try await change(id, in: storage, publicURL, now, name, actor, action: "rejected") { app in
            guard app.status == .submitted || app.status == .approved else {
                throw Problem.conflict(
                    "app_not_submitted", "App \(id) is \(app.status.rawValue); there is nothing to reject.")
            }
            if app.status == .approved { app.approved = nil }
            (app.status, app.reason) = (.rejected, reason.isEmpty ? nil : reason)
        }
    }

    private static func change(
        _ id: Int64, in storage: any Storage, _ publicURL: String, _ now: Instant, _ name: String, _ actor: Actor?,
        action: String, _ change: @escaping @Sendable (inout App) throws -> Void
    ) async throws {
        let shop = try await storage.fetch("SELECT webshop_id FROM apps WHERE app_id = \(id)").first.map {
            try $0["webshop_id"] as Int64
        }
        guard let shop else { throw Problem.notFound("app") }
        let tenant = try await storage.read { db in try Shop.tenant(shop, in: db, publicURL: publicURL) }
        guard let tenant else { throw Problem.notFound("app") }
        try await storage.transact(in: tenant, at: now, as: name, by: actor ?? .job(name)) { tx in
            var stored = try tx.take(App.self, id)
            try change(&stored.value)
            try tx.update(stored, action: action)
        }
    }
}
