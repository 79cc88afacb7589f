package import Basics
import Outbound
import Persistence
package import Resources

/// An address that is told of what happens in the shop (CONTRACT 6).
package struct Webhook: Resource {
    package var id: Identifier<Webhook>
    package var name: String
    package var url: String
    package var events: JSONText
    package var format: Format
    package var signature: Signature
    package var apiVersion: APIVersion
    package var isActive: Bool
    package var status: Status
    package var publicKey: String
    /// Sealed, as `oldSecret` is: a `WebhookSecret`.
    package var secret: String
    package var oldSecret: String?
    package var oldPublicKey: String?
    package var oldUntil: Instant?

    /// How much of what happened is told.
    package enum Format: String, Choice {
        case full, thin, cloudevents
    }

    /// How it is proven that we tell it (Standard Webhooks): with a shared secret, or with a key whose other half is public.
    package enum Signature: String, Choice {
        case v1, v1a
    }

    /// What objects look like.
    package enum APIVersion: String, Choice {
        case first = "2026-11"
    }

    package enum Status: String, Choice {
        case active, paused, off
    }

    package static let schema = Schema(
        "webhook", "webhooks", Webhook.init,
        Field("webhook_id", \.id, .readOnly),
        Field("name", \.name, .length(0...255)),
        Field("url", \.url, .required, .length(1...2048), .filterable),
        Field(
            "events", \.events, .required, .shape(.texts),
            .about("What it is told of: " + Topic.allCases.map(\.rawValue).joined(separator: ", ") + ".")),
        Field(
            "format", \.format, .initially(.text(Format.full.rawValue)),
            .about(
                """
                `full` tells the object as it was, `thin` only which one it is, `cloudevents` the object in an envelope of \
                CloudEvents 1.0.
                """)),
        Field(
            "signature", \.signature, .initially(.text(Signature.v1.rawValue)),
            .about("Of the header `webhook-signature`: `v1` is HMAC-SHA256, `v1a` Ed25519.")),
        Field(
            "api_version", \.apiVersion, .initially(.text(APIVersion.first.rawValue)),
            .about("What objects look like; it stays as it is when there is a newer one.")),
        Field("is_active", \.isActive, .initially(.integer(1))),
        Field(
            "status", \.status, .readOnly, .filterable, .initially(.text(Status.active.rawValue)),
            .about(
                """
                `paused` after five days without a success, and then goes on where it was once `is_active` is 1; `off` where \
                somebody said so, or the host by 410, and then begins with what happens from then on.
                """)),
        Field(
            "public_key", \.publicKey, .readOnly,
            .about("What signatures `v1a` are verified with; also in `/.well-known/webhook-keys`.")),
        Field("secret", \.secret, .hidden),
        Field("old_secret", \.oldSecret, .hidden),
        Field("old_public_key", \.oldPublicKey, .hidden),
        Field("old_until", \.oldUntil, .hidden),
        also: [
            .computed(
                "failing_since", .instant,
                """
                (SELECT s.failing_since FROM webhook_states s WHERE s.webshop_id = webhooks.webshop_id
                AND s.webhook_id = webhooks.webhook_id)
                """, nullable: true, born: .null, after: "status", about: "Since when nothing got through.")
        ],
        verbs: [.list, .read, .update, .delete], level: .write, audited: true,
        about: """
            Addresses that are told of what happens. The secret is in the answer that makes one, and nowhere else.
            """)

    package static let followers: [Follower<Webhook>] = [
        Follower(stored: WebhookState.follow, removed: WebhookState.remove)
    ]

    package static func prepare(_ new: inout Webhook, replacing old: Webhook?, in tx: Transaction) throws {
        if new.isActive != (new.status == .active) { new.status = new.isActive ? .active : .off }
        var faults = try topicFaults(new)
        if new.url != old?.url, let fault = urlFault(new.url, in: tx) { faults.append(fault) }
        if !faults.isEmpty { throw Problem.invalid(faults) }
    }

    private static func topicFaults(_ new: Webhook) throws -> [Problem.FieldError] {
        let topics = try new.events.texts
        if topics.isEmpty { return [.init("/events", "required", "must name a topic at least, such as order_created")] }
        return topics.enumerated().filter { Topic(rawValue: $1) == nil }.map { index, topic in
            let all = Topic.allCases.map(\.rawValue).joined(separator: ", ")
            return .init("/events/\(index)", "choice", "\"\(topic.prefix(40))\" is none of: \(all)")
        }
    }

    /// What can be said of an address before its name is looked up.
    private static func urlFault(_ text: String, in tx: Transaction) -> Problem.FieldError? {
        let policy: OutboundPolicy = (try? tx.services.get(OutboundPolicy.self)) ?? OutboundPolicy()
        do throws(OutboundURL.Refused) {
            try policy.check(try OutboundURL(text))
            return nil
        } catch {
            return .init("/url", "url", error.description)
        }
    }
}
