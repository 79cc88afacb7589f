package import Basics
package import Persistence
package import Resources

/// A form that gives something away, which must not happen twice because it was sent twice.
package enum OnceForm {
    private static let keptSeconds: Int64 = 86_400

    /// Makes the text that the form carries.
    package static func make(for session: Session, in db: any Connection, now: Instant) throws -> String {
        let text = SecretText.new()
        try db.run(
            """
            INSERT INTO once_forms (form_hash, session_id, created)
            VALUES (\(SecretText.hash(text)), \(session.id), \(now))
            """)
        return text
    }

    /// Uses it up, in the transaction of what the form does.
    /// - Throws: 409 where it was sent before, or was shown to somebody else.
    package static func use(_ text: String, of session: Session, in db: any Connection) throws {
        let hash = SecretText.hash(text)
        guard
            try db.run("DELETE FROM once_forms WHERE form_hash = \(hash) AND session_id = \(session.id)") == 1
        else { throw Problem.conflict("form_used", "This form was sent already. Begin again if that was not you.") }
    }

    static func expire(in db: any Connection, now: Instant) throws {
        try db.run("DELETE FROM once_forms WHERE created < \(now.adding(seconds: -keptSeconds))")
    }
}
