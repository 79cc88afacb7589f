import Basics
import Persistence

/// What came of telling a webhook of an event.
package struct WebhookResult: Sendable {
    package let item: WebhookWork.Item
    package let requestHeaders: [(name: String, value: String)]
    package let requestBody: [UInt8]
    package let milliseconds: Int64
    /// What the host answered; nil where it did not.
    package let status: Int?
    package let answer: [UInt8]
    /// Seconds that the host asked for by `Retry-After`.
    package let retryAfter: Int64?
    /// Why there is no answer that counts.
    package let error: String?

    package init(
        _ item: WebhookWork.Item, headers: [(name: String, value: String)], body: [UInt8], milliseconds: Int64,
        status: Int?, answer: [UInt8] = [], retryAfter: Int64? = nil, error: String? = nil
    ) {
        (self.item, requestHeaders, requestBody, self.milliseconds) = (item, headers, body, milliseconds)
        (self.status, self.answer, self.retryAfter, self.error) = (status, answer, retryAfter, error)
    }

    package var isOK: Bool { status.map { (200..<300).contains($0) } ?? false }
    /// The host wants to be told of nothing any more (RFC 9110, 15.5.11).
    package var isGone: Bool { status == 410 }

    /// Calls to one host at once (`reliability-security.md`, 5.8).
    package static let atOnce = 8

    /// Whether nothing gets through: the host does not answer at all, or refuses one after the other.
    package static func areHopeless(_ results: [WebhookResult]) -> Bool {
        guard !results.contains(where: \.isOK) else { return false }
        return results.count >= atOnce || results.contains { $0.status == nil }
    }

    var attempt: Int64 { item.tries + 1 }

    /// When it is tried again; nil where it is not.
    func next(at now: Instant) -> Instant? {
        if isOK || isGone { return nil }
        return WebhookRetries.delay(
            after: attempt, status: status, asked: retryAfter, event: item.event.id
        ).map { now.adding(seconds: $0) }
    }

    /// The columns of its row but for the keys: those of an attempt that was made.
    func columns(_ status: WebhookDelivery.Status, next: Instant?) -> [SQLValue] {
        let headers = JSON.object(JSONObject(requestHeaders.map { .init($0.name, .string($0.value)) })).serialized
        // What a host answers is shown as text, whatever it was.
        let shown = String(decoding: answer.prefix(WebhookDelivery.answerMax), as: UTF8.self).replacing("\0", with: "")
        return [
            attempt.sqlValue, status.sqlValue, (self.status.map { Int64($0) }).sqlValue,
            self.status == nil ? .null : .text(shown), milliseconds.sqlValue, error.sqlValue, next.sqlValue,
            .text(headers), .text(String(decoding: requestBody, as: UTF8.self)),
        ]
    }
}
