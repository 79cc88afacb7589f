import CSQLite
import Persistence

extension StorageError {
    /// What the connection's last call ran into. To be asked for before anything else is done with the connection.
    init(sqlite connection: OpaquePointer?) {
        let code = sqlite3_extended_errcode(connection)
        let message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "out of memory"
        switch code & 0xff {
        case SQLITE_CONSTRAINT: self = .brokenConstraint(code, message)
        case SQLITE_FULL: self = .full
        case SQLITE_TOOBIG: self = .unstorable(message)
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: self = .busy(message)
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_NOMEM: self = .unavailable(message)
        // With a reason added it is the file that cannot be written; plain, a reader was asked to write.
        case SQLITE_READONLY where code != SQLITE_READONLY: self = .unavailable(message)
        default: self = .statement(message)
        }
    }

    /// The same, with the file it is about.
    func naming(_ path: String) -> StorageError {
        guard case .unavailable(let message) = self else { return self }
        return .unavailable("\(path): \(message)")
    }

    private static func brokenConstraint(_ code: Int32, _ message: String) -> StorageError {
        let culprit = message.split(separator: ": ", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        switch code {
        case ExtendedCode.unique, ExtendedCode.primaryKey, ExtendedCode.rowID:
            return .constraint(.unique, name: uniqueName(culprit))
        case ExtendedCode.foreignKey: return .constraint(.foreignKey, name: "")
        case ExtendedCode.check: return .constraint(.check, name: culprit)
        case ExtendedCode.notNull: return .constraint(.notNull, name: culprit)
        default: return .statement(message)
        }
    }

    /// SQLite names the columns, `brands.webshop_id, brands.own_id`, where our indexes are called `brands_own_id_key`:
    /// the shop begins nearly every key and tells nothing. Only an index on an expression is named itself.
    private static func uniqueName(_ culprit: String) -> String {
        if culprit.hasPrefix("index '") { return String(culprit.dropFirst("index '".count).dropLast()) }
        var table = ""
        var columns: [Substring] = []
        for part in culprit.split(separator: ", ") {
            let names = part.split(separator: ".", maxSplits: 1)
            table = names.first.map(String.init) ?? ""
            columns += names.dropFirst()
        }
        if columns.count > 1 { columns.removeAll { $0 == "webshop_id" } }
        return "\(table)_\(columns.joined(separator: "_"))_key"
    }

    /// SQLite's own numbers, whose C macros are sums that Swift does not import.
    private enum ExtendedCode {
        static let check = SQLITE_CONSTRAINT | 1 << 8
        static let foreignKey = SQLITE_CONSTRAINT | 3 << 8
        static let notNull = SQLITE_CONSTRAINT | 5 << 8
        static let primaryKey = SQLITE_CONSTRAINT | 6 << 8
        static let unique = SQLITE_CONSTRAINT | 8 << 8
        static let rowID = SQLITE_CONSTRAINT | 10 << 8
    }
}
