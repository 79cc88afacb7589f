package import Basics
package import Persistence

/// The way every write from outside goes: one transaction with its change, its events and its idempotency key.
package enum WriteDoor {
    /// Answers that are kept under an idempotency key; what says "try again" is not.
    private static let keptKinds: Set<Problem.Kind> = [.notFound, .conflict, .gone, .invalid]

    /// Carries the answer of a dry run out of a transaction that must not be kept.
    private struct DryRun: Error {
        let answer: Answer
    }

    /// Runs a write and answers once it is durable.
    package static func perform(
        _ call: Call, on storage: any Storage,
        _ work: @escaping @Sendable (Call, Transaction) throws -> Answer
    ) async throws -> Answer {
        let call = try await call.endpoint.foregoing?(call, storage) ?? call
        let opening = TransactionOpening(
            now: call.clock, requestID: call.requestID, actor: call.caller.actor,
            isDryRun: call.preferences.isDryRun, uploads: call.uploads, services: call.services)
        do {
            return try await storage.transact(
                opening, for: .shop(call.tenant.webshopID), alone: call.endpoint.standsAlone, in: { _ in call.tenant }
            ) { tx in try done(call, tx, work) }
        } catch let dryRun as DryRun {
            return dryRun.answer
        }
    }

    private static func done(
        _ call: Call, _ tx: Transaction, _ work: (Call, Transaction) throws -> Answer
    ) throws -> Answer {
        if let key = call.idempotency, !tx.isDryRun { return try once(key, call, tx, work) }
        let answer = try work(call, tx)
        if tx.isDryRun { throw DryRun(answer: answer) }
        try tx.flushEvents()
        return answer
    }

    private static func once(
        _ key: IdempotencyKey, _ call: Call, _ tx: Transaction, _ work: (Call, Transaction) throws -> Answer
    ) throws -> Answer {
        if let replay = try replay(key, tx) { return replay }
        let answer: Answer
        do {
            answer = try tx.savepoint {
                let answer = try work(call, tx)
                try tx.flushEvents()
                return answer
            }
        } catch let problem as Problem where keptKinds.contains(problem.kind) {
            answer = problem.answer(requestID: call.requestID)
        }
        try keep(answer.isSecret ? alreadyAnswered(call) : answer, under: key, tx)
        return answer
    }

    private static func replay(_ key: IdempotencyKey, _ tx: Transaction) throws -> Answer? {
        let row = try tx.db.row(
            """
            SELECT request_hash, status, content_type, version, body FROM idempotency_keys
            WHERE webshop_id = \(tx.shop) AND caller = \(key.caller) AND idempotency_key = \(key.key)
            """)
        guard let row else { return nil }
        guard try row["request_hash"] == key.requestHash else {
            throw Problem.invalid(
                "/Idempotency-Key", "idempotency_key_reused",
                "was used for another request; use a new key for a new request")
        }
        return Answer(
            status: try row["status"], contentType: try row["content_type"],
            body: Array((try row["body"] as String).utf8),
            headers: [("Idempotent-Replayed", "true")], version: try row["version"])
    }

    /// What a repeat gets instead of a secret.
    private static func alreadyAnswered(_ call: Call) -> Answer {
        Problem.conflict(
            "answered_once",
            "This was done for an earlier request with this key; its answer held a secret and is not kept."
        ).answer(requestID: call.requestID)
    }

    private static func keep(_ answer: Answer, under key: IdempotencyKey, _ tx: Transaction) throws {
        do {
            try tx.db.run(
                """
                INSERT INTO idempotency_keys
                (webshop_id, caller, idempotency_key, request_hash, status, content_type, version, body, created)
                VALUES (\(tx.shop), \(key.caller), \(key.key), \(key.requestHash), \(answer.status),
                \(answer.contentType), \(answer.version), \(String(decoding: answer.body, as: UTF8.self)), \(tx.now))
                """)
        } catch StorageError.constraint(.unique, _) {
            // Another process had the same key in flight and committed first: its answer stands.
            throw Problem.inFlight
        }
    }
}

extension WriteDoor {
    private static let expiredPerTransaction = 1000
    /// How long an answer is kept under its idempotency key (CONTRACT 4).
    private static let keptSeconds: Int64 = 48 * 3600

    package static let jobs = [
        Job("expire idempotency keys", every: 3600) { context in
            try await expireKeys(in: context.storage, before: context.now.adding(seconds: -keptSeconds))
        }
    ]

    /// Forgets answers that were given before a time, shop by shop in small transactions.
    package static func expireKeys(in storage: any Storage, before end: Instant) async throws {
        for row in try await storage.fetch("SELECT webshop_id FROM webshops ORDER BY webshop_id") {
            let shop: Int64 = try row["webshop_id"]
            var removed = expiredPerTransaction
            while removed == expiredPerTransaction {
                removed = try await storage.write(for: .shop(shop)) { db in
                    try db.run(
                        """
                        DELETE FROM idempotency_keys WHERE webshop_id = \(shop) AND (caller, idempotency_key) IN (
                            SELECT caller, idempotency_key FROM idempotency_keys
                            WHERE webshop_id = \(shop) AND created < \(end) ORDER BY created LIMIT \(expiredPerTransaction))
                        """)
                }
            }
        }
    }
}

extension Problem {
    /// The same key is being worked on right now.
    package static var inFlight: Problem {
        var problem = Problem.conflict(
            "idempotency_in_flight", "A request with this Idempotency-Key is still running; ask again in a moment.")
        problem.headers = [("Retry-After", "1")]
        return problem
    }

    /// The problem as an answer. Deleted objects answer the plain text that existing clients compare with.
    package func answer(requestID: String) -> Answer {
        if kind == .gone, errors.isEmpty {
            return Answer(status: 410, contentType: "text/plain", body: Array("410 Gone".utf8), isTagged: false)
        }
        return Answer(
            status: kind.rawValue, contentType: "application/problem+json", body: json(requestID: requestID),
            headers: headers, isTagged: false)
    }
}
