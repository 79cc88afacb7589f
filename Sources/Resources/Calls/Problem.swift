import Basics

/// The only error a client sees, as RFC 9457 problem details. The kind decides the status; the code is for programs and
/// never changes; the texts are for people.
package struct Problem: Error, Sendable {
    package enum Kind: Int, Sendable {
        case malformed = 400
        case unauthenticated = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case timeout = 408
        case conflict = 409
        case gone = 410
        case preconditionFailed = 412
        case tooLarge = 413
        case uriTooLong = 414
        case unsupportedType = 415
        case rangeNotSatisfiable = 416
        case expectationFailed = 417
        case invalid = 422
        case limited = 429
        case headersTooLarge = 431
        case `internal` = 500
        case notImplemented = 501
        case unavailable = 503

        var title: String {
            switch self {
            case .malformed: "The request cannot be read"
            case .unauthenticated: "No valid token"
            case .forbidden: "Not allowed"
            case .notFound: "Not found"
            case .methodNotAllowed: "Method not allowed"
            case .timeout: "The request took too long to arrive"
            case .conflict: "Conflict"
            case .gone: "Gone"
            case .preconditionFailed: "The object has changed"
            case .tooLarge: "The request is too large"
            case .uriTooLong: "The address is too long"
            case .unsupportedType: "Unsupported media type"
            case .rangeNotSatisfiable: "Range not satisfiable"
            case .expectationFailed: "Expectation failed"
            case .invalid: "The request is not valid"
            case .limited: "Too many requests"
            case .headersTooLarge: "The headers are too large"
            case .internal: "Internal error"
            case .notImplemented: "Not implemented"
            case .unavailable: "Not available right now"
            }
        }
    }

    /// What is wrong with one member of the body, or one parameter.
    package struct FieldError: Sendable, Equatable {
        /// RFC 6901: `/products/0/amount`; a query parameter is `?name`.
        package let pointer: String
        package let code: String
        package let message: String

        package init(_ pointer: String, _ code: String, _ message: String) {
            self.pointer = pointer
            self.code = code
            self.message = message
        }
    }

    package let kind: Kind
    package let code: String
    package let detail: String
    package var errors: [FieldError] = []
    /// JSON of the object as it stands, for 412.
    package var current: [UInt8]?
    package var headers: [(name: String, value: String)] = []

    package init(_ kind: Kind, _ code: String, _ detail: String) {
        self.kind = kind
        self.code = code
        self.detail = detail
    }

    package static func invalid(_ errors: [FieldError]) -> Problem {
        let first = errors.first.map { "\($0.pointer): \($0.message)" } ?? "The body is not valid."
        let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
        var problem = Problem(.invalid, "invalid", first + more)
        problem.errors = errors
        return problem
    }

    package static func invalid(_ pointer: String, _ code: String, _ message: String) -> Problem {
        invalid([FieldError(pointer, code, message)])
    }

    /// What no rule of a field foresaw and the database does not keep.
    package static let unstorable = Problem(
        .invalid, "unstorable", "A text or a number of it is larger than what can be stored; make it shorter.")

    package static func notFound(_ what: String) -> Problem {
        Problem(.notFound, "not_found", "There is no \(what) with that id in this shop.")
    }

    package static func gone(_ what: String) -> Problem {
        Problem(.gone, "gone", "This \(what) was deleted.")
    }

    package static func conflict(_ code: String, _ detail: String, errors: [FieldError] = []) -> Problem {
        var problem = Problem(.conflict, code, detail)
        problem.errors = errors
        return problem
    }

    /// What may be tried again in a moment.
    package static func retried(_ kind: Kind, _ code: String, _ detail: String) -> Problem {
        var problem = Problem(kind, code, detail)
        problem.headers = [("Retry-After", "1")]
        return problem
    }

    package static func malformed(_ code: String, _ detail: String) -> Problem {
        Problem(.malformed, code, detail)
    }

    /// The same problem, seen from outside a list: `/name` becomes `/3/body/name`.
    package func within(_ prefix: String) -> Problem {
        var problem = self
        problem.errors = errors.map { FieldError(prefix + $0.pointer, $0.code, $0.message) }
        if errors.isEmpty { problem.errors = [FieldError(prefix, code, detail)] }
        return problem
    }

    /// The body of the answer.
    package func json(requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.raw(#"{"type":"about:blank","title":"# as StaticString)
        writer.string(kind.title)
        writer.raw(#","status":"# as StaticString)
        writer.integer(Int64(kind.rawValue))
        writer.raw(#","detail":"# as StaticString)
        writer.string(detail)
        writer.raw(#","code":"# as StaticString)
        writer.string(code)
        writer.raw(#","errors":["# as StaticString)
        for (index, error) in errors.enumerated() {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.raw(#"{"pointer":"# as StaticString)
            writer.string(error.pointer)
            writer.raw(#","code":"# as StaticString)
            writer.string(error.code)
            writer.raw(#","message":"# as StaticString)
            writer.string(error.message)
            writer.raw("}" as StaticString)
        }
        writer.raw(#"],"request_id":"# as StaticString)
        writer.string(requestID)
        if let current {
            writer.raw(#","current":"# as StaticString)
            writer.raw(current)
        }
        writer.raw("}" as StaticString)
        return writer.bytes
    }
}

extension Problem: CustomStringConvertible {
    /// What the command line says of it.
    package var description: String { detail }
}
