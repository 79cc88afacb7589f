import Basics
import Persistence
import Resources

/// Which calls of a token are wanted.
struct CallsWish: Body {
    private let from: Instant?
    private let to: Instant?
    private let status: Int64?
    private let route: String?
    let page: PageWish
    private let after: CallCursor?

    static let schema = BodySchema(
        CallsWish.init,
        Field("from", \.from, .given, .about("Calls that began then or later.")),
        Field("to", \.to, .given, .wholeDay, .about("Calls that began before; a date alone is the end of that day.")),
        Field("status", \.status, .given, .range(100...599), .about("Calls with this answer.")),
        Field(
            "route", \.route, .given, .length(1...500),
            .about("Calls of this address as it is documented: `/REST/product/{product_id}`.")),
        Field(\.page),
        Field("after", \.after, .about("Cursor from `paging.next`.")))

    func conditions(_ dialect: Dialect) -> [SQL] {
        [
            from.map { "created >= \($0)" }, to.map { "created < \($0)" }, status.map { answered($0, dialect) },
            route.map { "route = \($0)" }, after.map { "(created, call_id) < (\($0.began), \($0.call))" },
        ].compactMap { $0 }
    }

    /// Few of millions went wrong, and they have an index. SQLite takes that only if it is told so.
    private func answered(_ status: Int64, _ dialect: Dialect) -> SQL {
        guard status >= 400 else { return "status = \(status)" }
        return switch dialect {
        case .sqlite: "is_error = 1 AND likelihood(status = \(status), 0.001)"
        case .postgres: "is_error = 1 AND status = \(status)"
        }
    }
}
