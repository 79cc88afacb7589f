import Basics
package import Persistence

/// One thing a client can do: method, path, who may, and the work. The list of all of them feeds the router, the OpenAPI
/// document and the tests that try every route.
package struct Endpoint: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
        /// All that is left of the path, written `{name...}`.
        case rest(String)
    }

    /// Who may call. There is no default: a route without it does not compile.
    package enum Access: Sendable, Equatable {
        case open
        case token(AccessLevel)
        /// An app, by its own token, about the shops that have it.
        case app
        /// A program that asks for tokens (OAuth), and says in its request which it is and how that is proven.
        case client
        /// Whoever owns the data folder, and nobody over the network.
        case local
        /// A page for browsers.
        case page(PageNeed)
    }

    /// Who is shown a page; everybody else is asked to log in first.
    package enum PageNeed: Sendable, Equatable {
        case everybody
        /// Somebody who has logged in.
        case user
        /// Somebody whose password was asked for within minutes.
        case confirmed
    }

    package enum Work: Sendable {
        /// Needs no database.
        case plain(@Sendable (Call) async throws -> Answer)
        /// Reads; never inside a transaction of a write.
        case read(@Sendable (Call, any Storage) async throws -> Answer)
        /// Reads what the public may see; the shop of the host asked is in the call, where that is a shop's.
        case open(@Sendable (Call, any Storage) async throws -> Answer)
        /// Does a command of the server's owner, or shows a page: reads and writes in as many transactions as it needs.
        case command(@Sendable (Call, any Storage) async throws -> Answer)
        /// Finds out first whose affair it is, and then writes in a transaction of that shop's.
        case exchange(@Sendable (Call, any Storage) async throws -> Answer)
        /// Writes in one transaction, with its events and its idempotency key.
        case write(@Sendable (Call, Transaction) throws -> Answer)
    }

    package let method: Method
    package let path: [Segment]
    package let access: Access
    /// The operation's name in the OpenAPI document.
    package let name: String
    package let summary: String
    package let documentation: Documentation
    /// What its body looks like, where that is declared.
    package var takes: BodyForm?
    /// The parameters of its query, where they are declared.
    package var asks: BodyInfo?
    /// Bytes of body accepted.
    package var bodyMax = 1_048_576
    /// Elements of a body that is an array; nil where no array is taken, or any.
    package var rowsMax: Int?
    /// Members of the body that carry files.
    package var uploads: [UploadMember] = []
    /// What the body may be instead of JSON: a file, plain or as multipart/form-data.
    package var file: UploadKind?
    /// Whether the body is a file and not JSON.
    package var takesBytes = false
    /// Whether nothing else of the shop may be written meanwhile. True of all that deletes; what only finds out at its work
    /// says so by `Transaction.standAlone`, and has then been begun in vain.
    package var standsAlone: Bool
    /// Whether its work may take so long that the event loops are not for it.
    package var isLong = false
    /// What is said of the methods that its path does not take, beside those it does.
    package var elsewhere: String?
    package let work: Work
    /// What has to be asked for elsewhere before its transaction begins: the call with what was found among its services.
    package var foregoing: (@Sendable (Call, any Storage) async throws -> Call)?

    package init(
        _ method: Method, _ path: String, _ access: Access, _ name: String, _ summary: String,
        _ documentation: Documentation = Documentation(), _ work: Work
    ) {
        self.method = method
        self.path = path.split(separator: "/").map { part in
            guard part.hasPrefix("{") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(String(name))
        }
        self.access = access
        self.name = name
        self.summary = summary
        self.documentation = documentation
        self.work = work
        standsAlone = method == .delete
    }

    /// `/REST/product/{product_id}`
    package var template: String {
        path.reduce(into: "") { text, segment in
            switch segment {
            case .literal(let word): text += "/" + word
            case .parameter(let name), .rest(let name): text += "/{\(name)}"
            }
        }
    }

    package var isWrite: Bool {
        if case .write = work { true } else { false }
    }

    package var isCommand: Bool {
        if case .command = work { true } else { false }
    }

    /// Whether its requests have a body that is read.
    package var hasBody: Bool { method != .get }
}
