package import Basics

extension WebhookTarget {
    /// What a call says beside its body (CONTRACT 6; Standard Webhooks).
    package func headers(
        of event: WebhookEvent, _ body: [UInt8], at now: Instant
    ) throws -> [(name: String, value: String)] {
        let (id, seconds) = (String(event.id), now.milliseconds / 1000)
        let signatures = try secrets.map { try $0.signature(signature, id: id, seconds: seconds, body: body) }
        var headers = [
            (name: "Content-Type", value: format.contentType), ("webhook-id", id),
            ("webhook-timestamp", String(seconds)),
            ("webhook-signature", signatures.joined(separator: " ")), ("X-Shoporama-Event", event.type),
            ("X-Shoporama-Webshop-Id", String(shop)),
        ]
        // Existing clients compare one: with the new secret.
        if let secret = secrets.first { headers.append(("X-Shoporama-Signature", secret.bodySignature(body))) }
        return headers
    }
}
