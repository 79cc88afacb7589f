import Basics
package import Persistence
import Resources
package import Secrets

/// What is asked for beside a password: a code of an app (`TOTP`), or one of ten recovery codes where the app is lost.
package enum SecondFactor {
    /// What is sealed of a user.
    static let sealed = SealedColumn("users", key: "user_id", "totp_secret", isShopOwned: false)

    private static let recoveryCodes = 10

    /// Turns it on, or to another app, and answers the recovery codes, which nobody can ask for again.
    package static func turnOn(
        _ totp: TOTP, step: Int64, of user: Int64, by doer: Doer, _ keys: Keyring, in db: any Connection
    ) throws -> [String] {
        let secret = try keys.vault(in: db).seal(totp.base32, as: sealed.place(user))
        try db.run("UPDATE users SET totp_secret = \(secret), totp_step = \(step) WHERE user_id = \(user)")
        try db.run("DELETE FROM recovery_codes WHERE user_id = \(user)")
        try User.noteChange("second_factor_on", user, by: doer, in: db)
        return try (0..<recoveryCodes).map { _ in
            let code = newRecoveryCode()
            try db.run("INSERT INTO recovery_codes (user_id, code_hash) VALUES (\(user), \(hash(code)))")
            return code
        }
    }

    package static func turnOff(of user: Int64, by doer: Doer, in db: any Connection) throws {
        try db.run("UPDATE users SET totp_secret = NULL, totp_step = 0 WHERE user_id = \(user)")
        try db.run("DELETE FROM recovery_codes WHERE user_id = \(user)")
        try User.noteChange("second_factor_off", user, by: doer, in: db)
    }

    /// How many recovery codes a user has left.
    package static func codesLeft(of user: Int64, in db: any Connection) throws -> Int64 {
        try db.row("SELECT count(*) AS count FROM recovery_codes WHERE user_id = \(user)").map { try $0["count"] } ?? 0
    }

    /// Whether a code is right, which it then is never again, however many come with it at once.
    static func take(
        _ code: String, of user: User, _ keys: Keyring, in db: any Connection, now: Instant
    ) throws -> Bool {
        let code = String(code.filter { !$0.isWhitespace && $0 != "-" })
        guard let sealed = user.totpSecret else { return false }
        if code.utf8.count == 6 {
            guard let totp = TOTP(base32: try keys.openText(sealed, as: Self.sealed.place(user.id))),
                let step = totp.step(of: code, at: now, after: user.totpStep)
            else { return false }
            return try db.run(
                "UPDATE users SET totp_step = \(step) WHERE user_id = \(user.id) AND totp_step < \(step)") == 1
        }
        return try db.run(
            "DELETE FROM recovery_codes WHERE user_id = \(user.id) AND code_hash = \(hash(code.lowercased()))") == 1
    }

    /// Ten letters and digits that nobody takes for another: 49 bits, behind the throttle of log-ins.
    private static func newRecoveryCode() -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var source = SystemRandomNumberGenerator()
        let letters = (0..<10).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &source)] }
        return String(letters.prefix(5)) + "-" + String(letters.suffix(5))
    }

    private static func hash(_ code: String) -> String {
        SecretText.hash(String(code.filter { $0 != "-" }))
    }
}
