import CPostgres
import Persistence

/// What came of a statement that did not do what it was sent for.
enum Failure: Error {
    /// Another transaction was in the way; the same statements may well succeed when they run again.
    case race(String)
    /// Another transaction held a row for longer than we wait.
    case blocked(String)
    /// The session's prepared statement no longer fits the tables.
    case stale(String)
    /// The connection is gone and nobody knows how far the server came.
    case lost(String)
    case refused(StorageError)

    /// The same for a caller who cannot run anything again.
    var storageError: StorageError {
        switch self {
        case .race(let message), .blocked(let message): .busy(message)
        case .stale(let message): .statement(message)
        case .lost(let message): .unavailable(message)
        case .refused(let error): error
        }
    }

    /// A statement the server has just parsed cannot be out of date: it is wrong.
    var ofNewStatement: Failure {
        if case .stale(let message) = self { .refused(.statement(message)) } else { self }
    }
}

extension QueryResult {
    /// The letters under which libpq files the parts of an error, as in `postgres_ext.h`.
    private enum ErrorPart: UnicodeScalar {
        case code = "C"
        case message = "M"
        case table = "t"
        case column = "c"
        case constraint = "n"
    }

    private func part(_ part: ErrorPart) -> String? {
        PQresultErrorField(pointer, Int32(part.rawValue.value)).map { String(cString: $0) }
    }

    /// What the error means to us. Codes are listed in Postgres' manual, appendix A.
    var failure: Failure {
        guard let code = part(.code) else { return .lost(firstLine(PQresultErrorMessage(pointer))) }
        // Not the whole text, whose details quote the values, and those can be a customer's.
        let message = "\(part(.message) ?? "") (\(code))"
        switch code {
        case "40001", "40P01": return .race(message)
        case "55P03": return .blocked(message)
        case "26000", "0A000": return .stale(message)
        case "57P01", "57P02", "57P04", "57P05", "25P03": return .lost(message)
        case _ where code.hasPrefix("08"): return .lost(message)
        default: return .refused(refusal(code, message))
        }
    }

    private func refusal(_ code: String, _ message: String) -> StorageError {
        let constraint = part(.constraint) ?? ""
        switch code {
        case "23505": return .constraint(.unique, name: constraint)
        case "23503", "23001": return .constraint(.foreignKey, name: constraint)
        case "23514": return .constraint(.check, name: constraint)
        case "23502": return .constraint(.notNull, name: "\(part(.table) ?? "").\(part(.column) ?? "")")
        case "53100": return .full
        case "53200", "53300", "57014": return .busy(message)
        case "57P03": return .unavailable(message)
        // Too large for an index row, a column or a number; bytes that are no text.
        case "54000", "22001", "22003", "22021": return .unstorable(message)
        default: return .statement(message)
        }
    }
}
