package import Basics
import Persistence
package import Resources
package import Secrets

/// A webhook as whoever tells it of things has to know it.
package struct WebhookTarget: Sendable {
    package let shop: Int64
    package let id: Int64
    package let url: String
    package let format: Webhook.Format
    package let signature: Webhook.Signature
    /// What it is signed with: while a rotation overlaps, by the new one and the old one.
    package let secrets: [WebhookSecret]
    let topics: [String]
    let status: Webhook.Status
    let state: WebhookState

    /// - Returns: nil where there is no such webhook any more.
    package static func load(_ claim: Claim, _ context: JobContext, _ keys: Keyring) async throws -> WebhookTarget? {
        try await load(of: claim.shop, claim.subject, in: context.storage, keys, at: context.now)
    }

    private static func load(
        of shop: Int64, _ id: Int64, in storage: any Storage, _ keys: Keyring, at now: Instant
    ) async throws -> WebhookTarget? {
        try await storage.fetch(
            """
            SELECT w.url, w.format, w.signature, w.secret, w.old_secret, w.old_until, w.events, w.status, s.position,
            s.first_event,            s.failing_since, s.resting_until, s.is_warned FROM webhooks w
            JOIN webhook_states s ON s.webshop_id = w.webshop_id AND s.webhook_id = w.webhook_id
            JOIN webshops p ON p.webshop_id = w.webshop_id
            WHERE w.webshop_id = \(shop) AND w.webhook_id = \(id) AND w.removed_on IS NULL AND p.removed_on IS NULL
            """
        ).first.map { row in
            let until: Instant? = try row["old_until"]
            var secrets = [try secret(try row["secret"], "secret", id, keys)]
            if let until, until > now, let old: String = try row["old_secret"] {
                secrets.append(try secret(old, "old_secret", id, keys))
            }
            return WebhookTarget(
                shop: shop, id: id, url: try row["url"], format: try Webhook.Format(column: .text(row["format"])),
                signature: try Webhook.Signature(column: .text(row["signature"])), secrets: secrets,
                topics: try JSONText(row["events"]).texts, status: try Webhook.Status(column: .text(row["status"])),
                state: try WebhookState(row))
        }
    }

    private static func secret(_ text: String, _ column: String, _ id: Int64, _ keys: Keyring) throws -> WebhookSecret {
        try WebhookSecret(keys.open(text, as: SealedPlace(Webhook.info.table, id, column)))
    }

    /// The webhook as it is now.
    package func reloaded(_ context: JobContext, _ keys: Keyring) async throws -> WebhookTarget? {
        try await Self.load(of: shop, id, in: context.storage, keys, at: context.now)
    }

    /// Whether its host is left in peace but for one event at a time.
    package func isDown(at now: Instant) -> Bool {
        state.failingSince.map { $0 <= now.adding(seconds: -Self.downAfter) } ?? false
    }

    /// Seconds without a success after which a host is taken to be down.
    private static let downAfter: Int64 = 60
    /// Seconds from one try to the next of a host that is down.
    static let restSeconds: Int64 = 60
    /// The same of one that has only just stopped answering.
    static let pauseSeconds: Int64 = 5
}
