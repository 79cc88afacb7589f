package import Basics
package import Persistence
package import Resources

/// The sessions of users (CONTRACT 8, "Access"): they end after 30 minutes without a request, and after 8 hours at all.
package enum Sessions {
    static let idleSeconds: Int64 = 1800
    static let lengthSeconds: Int64 = 28_800
    /// For the second factor of a log-in.
    static let halfSeconds: Int64 = 600
    /// Its last use is written no more often.
    private static let touchSeconds: Int64 = 60
    private static let keptSeconds: Int64 = 30 * 86_400

    /// A session as its user sees it in the list.
    package struct Listed: Sendable {
        package let id: Int64
        package let created: Instant
        package let lastUsed: Instant
        package let address: String
        package let userAgent: String
    }

    private static let columns: SQL = """
        s.session_id, s.user_id, u.email, u.name, u.is_platform, s.is_whole, s.created, s.last_used, s.confirmed
        """

    private static func isLive(at now: Instant) -> SQL {
        """
        s.ended IS NULL AND s.last_used > \(now.adding(seconds: -idleSeconds))
        AND s.created > \(now.adding(seconds: -lengthSeconds))
        AND (s.is_whole = 1 OR s.created > \(now.adding(seconds: -halfSeconds)))
        """
    }

    /// The session of a cookie; nil where it is none, or is over. Its use is noted.
    package static func session(of cookie: String, in storage: any Storage, at now: Instant) async throws -> Session? {
        guard SecretText.isPlausible(cookie) else { return nil }
        let hash = SecretText.hash(cookie)
        let rows = try await storage.fetch(
            """
            SELECT \(columns) FROM sessions s JOIN users u ON u.user_id = s.user_id
            WHERE s.session_hash = \(hash) AND \(isLive(at: now))
            """)
        guard let session = try rows.first.map({ try session($0) }) else { return nil }
        if session.lastUsed.adding(seconds: touchSeconds) < now {
            try await storage.write { db in
                _ = try db.run(
                    "UPDATE sessions SET last_used = \(now) WHERE session_hash = \(hash) AND last_used < \(now)")
            }
        }
        return session
    }

    private static func session(_ row: Row) throws -> Session {
        Session(
            id: try row["session_id"], userID: try row["user_id"], email: try row["email"], name: try row["name"],
            isPlatform: try row["is_platform"], isWhole: try row["is_whole"], created: try row["created"],
            lastUsed: try row["last_used"], confirmed: try row["confirmed"])
    }

    /// Begins a session and answers what its cookie has.
    /// - Parameters:
    ///   - isWhole: whether no second factor is due.
    ///   - place: where the browser is.
    static func begin(
        _ user: Int64, isWhole: Bool, at place: BrowserPlace, in db: any Connection, now: Instant
    ) throws -> String {
        let text = SecretText.new()
        try db.run(
            """
            INSERT INTO sessions (session_hash, session_id, user_id, is_whole, created, last_used, confirmed, address,
            user_agent) VALUES (\(SecretText.hash(text)), \(try db.newID("sessions_seq")), \(user), \(isWhole), \(now),
            \(now), \(now), \(place.address), \(place.userAgent))
            """)
        return text
    }

    /// Gives a session whose password was asked for again another text: whoever has the old one has nothing.
    static func confirm(_ session: Session, in db: any Connection, now: Instant) throws -> String {
        let text = SecretText.new()
        try db.run(
            """
            UPDATE sessions SET session_hash = \(SecretText.hash(text)), confirmed = \(now)
            WHERE user_id = \(session.userID) AND session_id = \(session.id) AND ended IS NULL
            """)
        return text
    }

    /// Those that are under way, the last used first.
    package static func live(of user: Int64, in db: any Connection, at now: Instant) throws -> [Listed] {
        try db.rows(
            """
            SELECT s.session_id, s.created, s.last_used, s.address, s.user_agent FROM sessions s
            WHERE s.user_id = \(user) AND s.is_whole = 1 AND \(isLive(at: now)) ORDER BY s.last_used DESC, s.session_id DESC
            """
        ).map {
            Listed(
                id: try $0["session_id"], created: try $0["created"], lastUsed: try $0["last_used"],
                address: try $0["address"], userAgent: try $0["user_agent"])
        }
    }

    /// Ends one of a user's sessions.
    /// - Returns: whether it was under way.
    @discardableResult
    package static func end(_ id: Int64, of user: Int64, in db: any Connection, now: Instant) throws -> Bool {
        try db.run(
            """
            UPDATE sessions SET ended = \(now) WHERE user_id = \(user) AND session_id = \(id) AND ended IS NULL
            """) == 1
    }

    /// Ends all of a user's sessions but one.
    package static func endAll(
        of user: Int64, except kept: Int64? = nil, in db: any Connection, now: Instant
    ) throws {
        try db.run(
            """
            UPDATE sessions SET ended = \(now)
            WHERE user_id = \(user) AND session_id <> \(kept ?? 0) AND ended IS NULL
            """)
    }

    /// Whether a user has logged in of late, but never from an address.
    static func isNew(_ address: String, to user: Int64, in db: any Connection) throws -> Bool {
        let row = try db.row(
            """
            SELECT count(*) AS known, coalesce(max(CASE WHEN address = \(address) THEN 1 ELSE 0 END), 0) AS has_this
            FROM sessions WHERE user_id = \(user) AND is_whole = 1
            """)
        guard let row else { return false }
        let (known, hasThis): (Int64, Int64) = (try row["known"], try row["has_this"])
        return known > 0 && hasThis == 0
    }

    static let expiry = Job("expire sessions", every: 3600) { context in
        let now = context.now
        try await context.storage.write { db in
            try db.run("DELETE FROM sessions WHERE last_used < \(now.adding(seconds: -keptSeconds))")
            try LoginLink.expire(in: db, now: now)
            try OnceForm.expire(in: db, now: now)
            try LoginThrottle.expire(in: db, now: now)
        }
    }
}
