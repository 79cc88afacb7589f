import CPostgres
import Glibc
import Persistence

/// Where the database is and what every session with it is set to.
struct ServerAddress: Sendable {
    let url: String
    let allowsUnsafe: Bool

    /// Opens a session and hands over libpq's handle, or says why not.
    func connect() throws -> OpaquePointer {
        try checkURL()
        // libpq lets a later word win: what stands before the address is a default, what stands after it is not.
        let words = [
            ("application_name", "butik"), ("connect_timeout", "3"), ("gssencmode", "disable"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("dbname", url), ("client_encoding", "UTF8"),
        ]
        let keywords = words.map { strdup($0.0) }
        let values = words.map { strdup($0.1) }
        defer { (keywords + values).forEach { free($0) } }
        let handle = PQconnectdbParams(
            keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let handle else { throw StorageError.unavailable("no memory for a connection") }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw Self.refusal(firstLine(PQerrorMessage(handle)))
        }
        // Notices, as of a table that exists already, would go to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        return handle
    }

    /// libpq repeats a faulty address in its message, password and all, so that message is not passed on.
    private func checkURL() throws {
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &message)
        PQfreemem(message)
        guard let options else {
            // A bare word is the name of a database and not for this parser.
            if !url.contains("=") && !url.contains("://") { return }
            throw StorageError.unavailable("the address of Postgres is neither a URI nor a list of keywords")
        }
        PQconninfoFree(options)
    }

    /// A failed connection has a text and no code. The text is English whenever the server's messages are.
    private static func refusal(_ message: String) -> StorageError {
        let isCrowded = ["too many clients", "connection slots", "too many connections"].contains {
            message.contains(Substring($0))
        }
        return isCrowded ? .busy(message) : .unavailable(message)
    }
}

/// The first line of libpq's words; the others are advice for someone at a keyboard.
func firstLine(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "" }
    return String(String(cString: message).prefix { !$0.isNewline })
}
