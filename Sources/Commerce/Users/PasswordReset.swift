package import Basics
package import Persistence
import Resources

/// A new password for whoever reads the mails of an account.
package enum PasswordReset {
    /// Whom a mail is due, or not: a job looks, so that the answer to the browser tells nobody who has an account.
    static let queue = JobQueue(
        "send password resets", TurnLimits(inAll: 2, perShop: 2, perLane: 2), retries: RetrySchedule(5, 60, 300))

    private static let emailMax = 254

    /// Somebody asks for a mail with a link.
    /// - Throws: 429 after too many tries.
    package static func ask(
        _ email: String, from address: String, in storage: any Storage, now: Instant
    ) async throws {
        let email = String(User.key(of: email).prefix(emailMax))
        let wait = try await storage.write(changing: [JobQueue.table]) { db in
            let wait = try LoginThrottle.enter("reset " + email, from: address, in: db, now: now)
            guard wait == nil else { return wait }
            let id = try db.newID("reset_wishes_seq")
            try db.run("INSERT INTO reset_wishes (wish_id, email) VALUES (\(id), \(email))")
            try queue.add([.init(id)], ofShop: Mail.platform, due: now, in: db)
            return nil
        }
        if let wait { throw Problem.loginThrottled(wait) }
    }

    static let job = Job(queue) { claim, context in
        let outbox: Outbox = try context.services.get()
        let (now, link) = (context.now, context.publicURL + "/admin/reset?key=")
        try await context.storage.write(changing: Mail.tables) { db in
            let wish = try db.row("SELECT email FROM reset_wishes WHERE wish_id = \(claim.subject)")
            if let email: String = try wish.map({ try $0["email"] }), let user = try User.with(email: email, in: db) {
                let text = try LoginLink.make(.reset, for: user.email, in: db, now: now)
                let values = ["link": link + text, "minutes": String(LoginLink.Kind.reset.seconds / 60)]
                try outbox.queueOfPlatform(MailDraft(.passwordReset, to: user.email, values), at: now, in: db)
            }
            try db.run("DELETE FROM reset_wishes WHERE wish_id = \(claim.subject)")
            try claim.done(in: db, at: now)
        }
        return .settled
    }

    /// Sets the password, once, and ends the user's sessions.
    /// - Parameter hash: of the new password.
    /// - Returns: whether the link still worked.
    package static func use(
        _ text: String, hash: String, from address: String, requestID: String, in storage: any Storage, now: Instant
    )
        async throws -> Bool
    {
        try await storage.write(changing: User.tables) { db in
            guard let link = try LoginLink.with(text, .reset, in: db, now: now), try link.use(in: db),
                let user = try User.with(email: link.email, in: db)
            else { return false }
            let doer = Doer(Actor(.user, id: user.id, name: user.email), requestID: requestID, now: now)
            try User.change(passwordHash: hash, of: user.id, by: doer, in: db)
            // Who reads the account's mails need not wait for those who guessed at it.
            try LoginThrottle.succeed(user.email, from: address, in: db)
            return true
        }
    }
}
