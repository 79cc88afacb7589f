import Basics
import Persistence
import Resources

/// Slows down whoever guesses passwords: for one account five failures within 15 minutes are free, and from then on each lets the
/// next try wait, 30 seconds at first and twice as long each time, up to 15 minutes; one address has 20 tries a minute. A try counts
/// before anything is looked at, so that many at once are many, and whether there is such an account makes no difference.
enum LoginThrottle {
    private static let freeFailures: Int64 = 5
    private static let windowSeconds: Int64 = 900
    private static let firstWait: Int64 = 30
    private static let longestWait: Int64 = 900
    private static let triesPerMinute: Int64 = 20

    /// Counts a try.
    /// - Returns: seconds to wait where there is to be none now; then it was not counted.
    static func enter(_ account: String, from address: String, in db: any Connection, now: Instant) throws -> Int64? {
        let (account, address) = (subject(account), subject(ofAddress: address))
        // Who has to wait writes nothing.
        let known = try db.row("SELECT failures, since, waits_until FROM login_failures WHERE subject = \(address)")
        if let wait = try known.flatMap({ try State($0).wait(at: now) }) { return wait }
        // So that there is a row to hold: of many first tries at once each counts.
        for subject in [account, address] {
            try db.run(
                """
                INSERT INTO login_failures (subject, failures, since, waits_until) VALUES (\(subject), 0, \(now), 0)
                ON CONFLICT (subject) DO NOTHING
                """)
        }
        let rows = try db.rows(
            """
            SELECT subject, failures, since, waits_until FROM login_failures
            WHERE subject IN (\(account), \(address)) ORDER BY subject\(db.dialect.forUpdate)
            """)
        var states: [String: State] = [:]
        for row in rows { states[try row["subject"]] = try State(row) }
        let (ofAccount, ofAddress) = (states[account], states[address])
        if let wait = ofAccount?.wait(at: now) ?? ofAddress?.wait(at: now) { return wait }
        try write(account, next(ofAccount, now), in: db)
        try write(address, nextOfAddress(ofAddress, now), in: db)
        return nil
    }

    /// A try that was right: the account begins anew, and the address has not used one up.
    static func succeed(_ account: String, from address: String, in db: any Connection) throws {
        try db.run("DELETE FROM login_failures WHERE subject = \(subject(account))")
        try db.run(
            """
            UPDATE login_failures SET failures = failures - 1 WHERE subject = \(subject(ofAddress: address)) AND failures > 0
            """)
    }

    /// A password that was right where a code is due yet: it was no failure, but those before it stay,
    /// and the code is not to wait for it.
    static func undo(_ account: String, from address: String, in db: any Connection) throws {
        try db.run(
            """
            UPDATE login_failures SET failures = failures - 1, waits_until = 0
            WHERE subject IN (\(subject(account)), \(subject(ofAddress: address))) AND failures > 0
            """)
    }

    static func expire(in db: any Connection, now: Instant) throws {
        try db.run(
            """
            DELETE FROM login_failures WHERE since < \(now.adding(seconds: -2 * windowSeconds)) AND waits_until < \(now)
            """)
    }

    private struct State {
        var failures: Int64
        var since: Instant
        var waitsUntil: Instant

        init(since: Instant) { (failures, self.since, waitsUntil) = (0, since, Instant(milliseconds: 0)) }

        init(_ row: Row) throws {
            (failures, since, waitsUntil) = (try row["failures"], try row["since"], try row["waits_until"])
        }

        func wait(at now: Instant) -> Int64? {
            guard now < waitsUntil else { return nil }
            return min(longestWait, (waitsUntil.milliseconds - now.milliseconds + 999) / 1000)
        }

        func isOver(_ seconds: Int64, at now: Instant) -> Bool {
            now >= max(since, waitsUntil).adding(seconds: seconds)
        }
    }

    private static func subject(_ account: String) -> String {
        // What nobody may look up is no list of who was tried.
        "account:" + Fingerprint.sha256(Array(User.key(of: account).utf8))
    }

    /// Whoever has one address of IPv6 has the 2^64 beside it.
    private static func subject(ofAddress text: String) -> String {
        guard let address = NetworkAddress(text), address.bytes.count == 16 else { return "address:" + text }
        return "address:" + Hex.text(address.bytes.prefix(8))
    }

    private static func next(_ state: State?, _ now: Instant) -> State {
        var state = state.flatMap { $0.isOver(windowSeconds, at: now) ? nil : $0 } ?? State(since: now)
        state.failures += 1
        if state.failures >= freeFailures {
            let doublings = min(state.failures - freeFailures, 5)
            state.waitsUntil = now.adding(seconds: min(longestWait, firstWait << doublings))
        }
        return state
    }

    private static func nextOfAddress(_ state: State?, _ now: Instant) -> State {
        var state = state.flatMap { $0.isOver(60, at: now) ? nil : $0 } ?? State(since: now)
        state.failures += 1
        if state.failures >= triesPerMinute { state.waitsUntil = state.since.adding(seconds: 60) }
        return state
    }

    private static func write(_ subject: String, _ state: State, in db: any Connection) throws {
        try db.run(
            """
            UPDATE login_failures SET failures = \(state.failures), since = \(state.since), waits_until = \(state.waitsUntil)
            WHERE subject = \(subject)
            """)
    }
}

extension Problem {
    /// Too many have been wrong.
    static func loginThrottled(_ seconds: Int64) -> Problem {
        let wait = seconds < 60 ? "\(seconds) seconds" : "\((seconds + 59) / 60) minutes"
        var problem = Problem(
            .limited, "login_throttled",
            "There were too many tries. Wait \(wait) and try again.")
        problem.headers = [("Retry-After", String(seconds))]
        return problem
    }
}
