import Basics
import Persistence
import Resources
import Secrets

/// What is done with webhooks beside listing, changing and deleting them.
enum WebhookEndpoints {
    static let all = [create, rotate, ping, replay, resend, publicKeys]

    private struct Wanted: Body {
        let webhook: FieldsOf<Webhook>

        static let schema = BodySchema(Wanted.init, Field(\.webhook))
    }

    private static let create = Endpoint(
        .post, "/REST/webhook", .token(.write), "create_webhook",
        "Makes a webhook, which is told of what happens from now on. Its secret is shown in this answer only.",
        Documentation(tag: "webhook", answer: ["type": "object"]), takes: Wanted.self
    ) { wanted, call, tx in
        let secret = WebhookSecret()
        var webhook = try wanted.webhook.value(try tx.newID(Webhook.self), in: tx)
        webhook.secret = try sealed(secret, "secret", of: webhook.id.rawValue, call, tx)
        webhook.publicKey = secret.publicKey
        return try tx.insert(webhook).answer(withSecrets: [("secret", secret.text)], in: tx)
    }

    /// How a webhook is given another secret.
    private struct Rotation: Body {
        let overlap: Int64

        /// As long as that of a token (CONTRACT 8, "Access").
        private static let overlapMax: Int64 = 604_800

        static let schema = BodySchema(
            Rotation.init,
            Field(
                "overlap_seconds", \.overlap, .initially(.integer(86_400)), .range(0...overlapMax),
                .about("How long deliveries are signed with both, so that receivers can change over.")))
    }

    private static let rotate = Endpoint(
        .post, "/REST/webhook/{webhook_id}/rotate", .token(.write), "rotate_webhook",
        """
        Gives a webhook another secret, shown in this answer only. Until the overlap has passed `webhook-signature` has a signature \
        with each, the new one first.
        """,
        Documentation(tag: "webhook", answer: ["type": "object"]), takes: Rotation?.self
    ) { rotation, call, tx in
        var stored = try tx.take(Webhook.self, try call.id(of: "webhook"))
        let overlap = rotation?.overlap ?? 86_400
        let keys: Keyring = try call.services.get()
        let old = try WebhookSecret(keys.open(stored.value.secret, as: place(stored.id, "secret")))
        let secret = WebhookSecret()
        stored.value.oldSecret = overlap == 0 ? nil : try sealed(old, "old_secret", of: stored.id, call, tx)
        stored.value.oldPublicKey = overlap == 0 ? nil : old.publicKey
        stored.value.oldUntil = overlap == 0 ? nil : tx.now.adding(seconds: overlap)
        stored.value.secret = try sealed(secret, "secret", of: stored.id, call, tx)
        stored.value.publicKey = secret.publicKey
        return try tx.update(stored, action: "rotated").answer(withSecrets: [("secret", secret.text)], in: tx)
    }

    private static func place(_ id: Int64, _ column: String) -> SealedPlace {
        SealedPlace(Webhook.info.table, id, column)
    }

    private static func sealed(
        _ secret: WebhookSecret, _ column: String, of id: Int64, _ call: Call, _ tx: Transaction
    ) throws -> String {
        let keys: Keyring = try call.services.get()
        return try keys.vault(in: tx.db).seal(secret.bytes, as: place(id, column))
    }

    // MARK: Sending by hand

    private static let ping = Endpoint(
        .post, "/REST/webhook/{webhook_id}/ping", .token(.write), "ping_webhook",
        "Sends an event of type `ping` with the webhook as its data, also to one that is not active.",
        Documentation(tag: "webhook", answer: WebhookDelivery.info.schemaReference),
        .write { call, tx in
            let stored = try tx.take(Webhook.self, try call.id(of: "webhook"))
            let shown = try tx.update(stored)
            let event = try WebhookSending.record("ping", shown, in: tx)
            return try WebhookSending.ask(for: event, "ping", stored.id, in: tx)
        })

    private static let resend = Endpoint(
        .post, "/REST/webhook-delivery/{webhook_delivery_id}/resend", .token(.write), "resend_webhook_delivery",
        "Sends the event of a delivery once more, with its own id, as the webhook is now.",
        Documentation(tag: "webhook-delivery", answer: WebhookDelivery.info.schemaReference),
        .write { call, tx in
            let delivery = try tx.find(WebhookDelivery.self, try call.id(of: "webhook-delivery")).value
            _ = try tx.take(Webhook.self, delivery.webhook)
            guard delivery.status != .pending else {
                throw Problem.conflict("delivery_pending", "This delivery is about to be sent already.")
            }
            let row = try tx.db.row(
                "SELECT 1 FROM events WHERE webshop_id = \(tx.shop) AND event_id = \(delivery.event)")
            guard row != nil else {
                throw Problem.conflict("event_expired", "The event of this delivery is kept no longer.")
            }
            return try WebhookSending.ask(for: delivery.event, delivery.type, delivery.webhook, in: tx)
        })

    // MARK: Replay

    /// What is to be told once more.
    private struct Stretch: Body {
        let after: String?
        let since: Instant?
        let until: Instant?

        static let schema = BodySchema(
            Stretch.init,
            Field("after", \.after, .about("A cursor of the feed: what comes behind it.")),
            Field("since", \.since, .about("What happened from this time on, in the place of `after`.")),
            Field("until", \.until, .about("Nothing that happened later than this.")))
    }

    private static let replay = Endpoint(
        .post, "/REST/webhook/{webhook_id}/replay", .token(.write), "replay_webhook",
        """
        Tells a webhook once more of what it was told of, or would have been, with the events' own ids and in their order. What \
        happens meanwhile comes first.
        """,
        Documentation(
            tag: "webhook",
            answer: [
                "type": "object", "required": ["webhook_id", "events"],
                "properties": ["webhook_id": ["type": "integer"], "events": ["type": "integer"]],
            ]), takes: Stretch.self
    ) { stretch, call, tx in
        let stored = try tx.take(Webhook.self, try call.id(of: "webhook"))
        let replay = try WebhookReplay(stored, after: stretch.after, since: stretch.since, until: stretch.until, in: tx)
        let count = try replay.begin(in: tx)
        return Answer(body: Array(#"{"webhook_id":\#(stored.id),"events":\#(count)}"#.utf8))
    }

    // MARK: Keys

    private static let publicKeys = Endpoint(
        .get, "/.well-known/webhook-keys", .open, "webhook_keys",
        "The public keys of the shop's webhooks, which signatures `v1a` are verified with.",
        Documentation(
            tag: "webhook",
            query: [
                .init("webshop_id", ["type": "integer"], "The shop, where the host asked is none of its own.")
            ],
            answer: [
                "type": "object", "required": ["keys"],
                "properties": [
                    "keys": [
                        "type": "array",
                        "items": [
                            "type": "object", "required": ["webhook_id", "public_key"],
                            "properties": ["webhook_id": ["type": "integer"], "public_key": ["type": "string"]],
                        ],
                    ]
                ],
            ]),
        .open { call, storage in
            let named = call.query["webshop_id"].flatMap { WholeNumber(strict: $0)?.int64 }
            // No shop has no keys.
            let shop = call.hostShop ?? named ?? 0
            let rows = try await storage.fetch(
                """
                SELECT webhook_id, public_key, CASE WHEN old_until > \(call.now) THEN old_public_key END AS old FROM webhooks
                WHERE webshop_id = \(shop) AND signature = 'v1a' AND removed_on IS NULL ORDER BY webhook_id
                """)
            let keys = try rows.flatMap { row -> [JSON] in
                let (id, old): (Int64, String?) = (try row["webhook_id"], try row["old"])
                return try [row["public_key"], old].compactMap { $0 }.map { key -> JSON in
                    ["webhook_id": .number(JSONNumber(id)), "public_key": .string(key)]
                }
            }
            return Answer(body: Array((["keys": .array(keys)] as JSON).serialized.utf8))
        })
}
