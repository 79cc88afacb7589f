package import Basics
import Persistence
package import Resources

/// One attempt to tell a webhook of an event, and what came of it.
package struct WebhookDelivery: Resource {
    package var id: Identifier<WebhookDelivery>
    package var webhook: Int64
    package var event: Int64
    package var type: String
    package var attempt: Int64
    package var status: Status
    package var responseStatus: Int64?
    package var responseBody: String?
    package var milliseconds: Int64?
    package var error: String?
    package var nextAttempt: Instant?
    package var requestHeaders: JSONText?
    package var requestBody: String?

    package enum Status: String, Choice {
        case pending, ok, failed, skipped
    }

    /// How long attempts are kept (CONTRACT 6).
    static let keptDays: Int64 = 30
    /// Bytes of an answer that are kept.
    package static let answerMax = 10_240

    package static let schema = Schema(
        "webhook-delivery", "webhook_deliveries", WebhookDelivery.init,
        Field("webhook_delivery_id", \.id, .readOnly),
        Field("webhook_id", \.webhook, .readOnly, .filterable),
        Field("event_id", \.event, .readOnly, .filterable),
        Field("type", \.type, .readOnly, .filterable),
        Field("attempt", \.attempt, .readOnly, .about("The how-manieth try of this event; 0 where none was made.")),
        Field(
            "status", \.status, .readOnly, .filterable, .initially(.text(Status.pending.rawValue)),
            .about("`skipped` where later changes of the same object went before it; it can be sent again.")),
        Field("response_status", \.responseStatus, .readOnly),
        Field("response_body", \.responseBody, .readOnly, .about("Its first 10 KB.")),
        Field("ms", \.milliseconds, .readOnly),
        Field("error", \.error, .readOnly, .about("Why it is none, in words.")),
        Field("next_attempt", \.nextAttempt, .readOnly),
        Field("request_headers", \.requestHeaders, .readOnly, .shape(.object)),
        Field("request_body", \.requestBody, .readOnly),
        verbs: [.list, .read], level: .write,
        about: "Attempts to tell webhooks of events, each of the last \(keptDays) days.")
}
