package import Basics
import Foundation
package import Persistence
package import Resources
import Secrets

/// What it takes to log in: passwords and second factors, behind the throttle.
package struct LogIn: Sendable {
    private let storage: any Storage
    private let keys: Keyring
    private let outbox: Outbox
    private let threads: PasswordThreads

    package init(_ storage: any Storage, _ services: Services) throws {
        self.storage = storage
        (keys, outbox, threads) = (try services.get(), try services.get(), try services.get())
    }

    /// Logs somebody in by address and password.
    /// - Returns: what the browser's cookie is to have; nil where address or password are wrong, which takes as long where there is
    ///   no such user. `Sessions.session` says whether the second factor is due.
    /// - Throws: 429 after too many tries; 503 where many log in at once.
    package func logIn(
        _ email: String, _ password: String, at place: BrowserPlace, now: Instant
    ) async throws -> String? {
        let (found, peppers) = try await verified(password, of: email, from: place.address, now: now)
        guard let user = found else { return nil }
        var newer: String?
        if Password.isDated(user.passwordHash, peppers, on: threads) {
            newer = try await Password.hash(password, peppers, on: threads)
        }
        return try await begin(user, newer, at: place, now: now)
    }

    /// Takes the code that is due for a session that is not whole.
    /// - Returns: what the cookie is to have from now on; nil where the code is wrong.
    package func secondFactor(
        _ code: String, of session: Session, at place: BrowserPlace, now: Instant
    ) async throws -> String? {
        try await enter(session.email, from: place.address, now: now)
        return try await storage.write(changing: Mail.tables) { [keys, outbox] db in
            guard let user = try User.with(id: session.userID, in: db),
                try SecondFactor.take(code, of: user, keys, in: db, now: now),
                try Sessions.end(session.id, of: user.id, in: db, now: now)
            else { return nil }
            try LoginThrottle.succeed(user.email, from: place.address, in: db)
            return try Self.whole(user, at: place, outbox, in: db, now: now)
        }
    }

    /// Asks again who is there, before something that matters.
    /// - Parameter code: of the second factor, where the user has one.
    /// - Returns: what the cookie is to have from now on; nil where password or code are wrong.
    package func confirm(
        _ session: Session, password: String, code: String, from address: String, now: Instant
    ) async throws -> String? {
        let (found, _) = try await verified(password, of: session.email, from: address, now: now)
        guard let known = found?.passwordHash else { return nil }
        return try await storage.write { [keys] db in
            guard let user = try User.held(session.userID, in: db, with: known) else { return nil }
            if user.hasSecondFactor {
                guard try SecondFactor.take(code, of: user, keys, in: db, now: now) else { return nil }
            }
            try LoginThrottle.succeed(user.email, from: address, in: db)
            return try Sessions.confirm(session, in: db, now: now)
        }
    }

    /// Whether a password is that of a session's user, where that is asked for each time.
    package func isPassword(
        _ password: String, of session: Session, from address: String, now: Instant
    ) async throws -> Bool {
        guard try await verified(password, of: session.email, from: address, now: now).user != nil else { return false }
        try await storage.write { db in try Self.isRight(session, from: address, in: db) }
        return true
    }

    /// A password alone is no log-in of whoever has a second factor: what was guessed of its codes goes on to count.
    private static func isRight(_ session: Session, from address: String, in db: any Connection) throws {
        if try User.with(id: session.userID, in: db)?.hasSecondFactor == true {
            try LoginThrottle.undo(session.email, from: address, in: db)
        } else {
            try LoginThrottle.succeed(session.email, from: address, in: db)
        }
    }

    /// Gives the user of a session another password, and ends their other sessions.
    /// - Returns: whether the old one was right.
    package func change(
        _ session: Session, from old: String, to new: String, at address: String, requestID: String, now: Instant
    ) async throws -> Bool {
        guard let known = try await verified(old, of: session.email, from: address, now: now).user?.passwordHash else {
            return false
        }
        let hash = try await hash(new)
        let doer = Doer(session.actor, requestID: requestID, now: now)
        return try await storage.write(changing: User.tables) { db in
            // Somebody may have set another one meanwhile, by the link of a mail.
            guard try User.held(session.userID, in: db, with: known) != nil else { return false }
            try Self.isRight(session, from: address, in: db)
            try User.change(passwordHash: hash, of: session.userID, keeping: session.id, by: doer, in: db)
            return true
        }
    }

    /// What is to be stored of a password.
    package func hash(_ password: String) async throws -> String {
        let peppers = try await storage.read { [keys] in try Peppers(keys, in: $0) }
        return try await Password.hash(password, peppers, on: threads)
    }

    // MARK: Steps

    /// What the password of somebody who is nobody is held against: no password has it, and finding that out takes as long.
    private var nobodysHash: String {
        let nothing = Data(count: 32).base64EncodedString()
        return "$scrypt$ln=\(threads.logRounds),r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA==$\(nothing)"
    }

    private func enter(_ email: String, from address: String, now: Instant) async throws {
        let wait = try await storage.write { db in try LoginThrottle.enter(email, from: address, in: db, now: now) }
        if let wait { throw Problem.loginThrottled(wait) }
    }

    /// The user whose password it is, as stored then; nil where it is wrong, or there is none.
    private func verified(
        _ password: String, of email: String, from address: String, now: Instant
    ) async throws -> (user: User?, peppers: Peppers) {
        try await enter(email, from: address, now: now)
        let (user, peppers) = try await storage.read { [keys] db in
            (try User.with(email: email, in: db), try Peppers(keys, in: db))
        }
        let isRight = try await Password.verify(
            password, against: user?.passwordHash ?? nobodysHash, peppers, on: threads)
        return (isRight ? user : nil, peppers)
    }

    private func begin(_ user: User, _ newer: String?, at place: BrowserPlace, now: Instant) async throws -> String? {
        try await storage.write(changing: Mail.tables) { [outbox] db in
            // Of a password that was changed meanwhile the old one lets nobody in.
            guard let user = try User.held(user.id, in: db, with: user.passwordHash) else { return nil }
            if let newer { try db.run("UPDATE users SET password_hash = \(newer) WHERE user_id = \(user.id)") }
            guard !user.hasSecondFactor else {
                try LoginThrottle.undo(user.email, from: place.address, in: db)
                return try Sessions.begin(user.id, isWhole: false, at: place, in: db, now: now)
            }
            try LoginThrottle.succeed(user.email, from: place.address, in: db)
            return try Self.whole(user, at: place, outbox, in: db, now: now)
        }
    }

    /// Begins a session, and tells its user by mail where they were never seen there.
    private static func whole(
        _ user: User, at place: BrowserPlace, _ outbox: Outbox, in db: any Connection, now: Instant
    ) throws -> String {
        if try Sessions.isNew(place.address, to: user.id, in: db) {
            let values = [
                "time": Timestamp.utc(now), "address": place.address, "device": place.userAgent,
            ]
            try outbox.queueOfPlatform(MailDraft(.loginNotice, to: user.email, values), at: now, in: db)
        }
        return try Sessions.begin(user.id, isWhole: true, at: place, in: db, now: now)
    }
}
