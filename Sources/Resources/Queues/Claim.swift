package import Basics
package import Persistence

/// A row of the queue that a worker holds until its lease ends. `due` of such a row is that end: whoever looks for work
/// then finds it as it finds any other.
///
/// What ends it is best kept in the transaction that holds the work's result, which is then kept by one worker only.
package struct Claim: Sendable, Equatable {
    package let queue: JobQueue
    package let shop: Int64
    package let subject: Int64
    package let lane: String
    /// How often it was begun since it was asked for, with this time.
    package let attempts: Int64
    /// Stands in the row while this claim holds it, and in no other.
    package let token: String

    /// How long a lease lasts; the process renews it three times meanwhile. What a killed one had is taken by another
    /// after that.
    package static let leaseSeconds: Int64 = 30

    package static func == (left: Claim, right: Claim) -> Bool {
        (left.token, left.subject) == (right.token, right.subject)
    }

    /// The row, if it is still held by this claim.
    private var row: SQL {
        JobQueue.rows("webshop_id = \(shop) AND kind = \(queue.kind) AND subject = \(subject) AND worker = \(token)")
    }

    /// The work is done. Its row goes, or waits again where it was asked for again meanwhile.
    /// - Throws: `LeaseLost` where another has it, or nobody wants it any more.
    package func done(in db: any Connection, at now: Instant) throws {
        // Whoever asks again sets the count to 0.
        if try db.run("DELETE FROM queue WHERE \(row) AND attempts > 0") == 1 { return }
        try release(due: now, in: db, at: now)
    }

    /// Goes on holding the row, in a transaction that keeps a part of the work.
    /// - Parameter progressed: whether what comes next is begun for the first time.
    package func hold(progressed: Bool, in db: any Connection, at now: Instant) throws {
        let attempts: SQL = progressed ? ", attempts = 1" : ""
        try held(
            db.run("UPDATE queue SET due = \(now.adding(seconds: Self.leaseSeconds))\(attempts) WHERE \(row)"))
    }

    /// It could not be done: it waits for its next try, or is given up.
    /// - Parameter mayPass: whether trying again may help.
    package func fail(_ error: String, mayPass: Bool = true, in db: any Connection, at now: Instant) throws {
        if mayPass, let delay = queue.retries.delay(after: attempts) {
            try release(due: now.adding(seconds: delay), attempts: attempts, error: error, in: db, at: now)
        } else if queue.keepsGivenUp {
            try release(due: nil, attempts: attempts, error: error, in: db, at: now)
        } else {
            try done(in: db, at: now)
        }
    }

    /// Gives the row back as if it had not been begun.
    package func giveBack(due: Instant, in db: any Connection, at now: Instant) throws {
        try release(due: due, attempts: max(0, attempts - 1), in: db, at: now)
    }

    /// Lets go of the row; where it was asked for again meanwhile it is due now.
    /// - Parameters:
    ///   - due: when it may be taken again; nil for never.
    ///   - tries: how many of its tries count.
    package func release(
        due: Instant?, attempts tries: Int64 = 0, error: String? = nil, in db: any Connection, at now: Instant
    ) throws {
        try held(
            db.run(
                """
                UPDATE queue SET worker = NULL, error = \((error?.prefix(500)).map(String.init)),
                due = CASE WHEN attempts = 0 THEN CAST(\(now) AS BIGINT) ELSE CAST(\(due) AS BIGINT) END,
                attempts = CASE WHEN attempts = 0 THEN 0 ELSE CAST(\(tries) AS BIGINT) END WHERE \(row)
                """))
    }

    private func held(_ count: Int) throws {
        if count == 0 { throw LeaseLost() }
    }
}
