import Basics
import Resources

/// Of which days the usage of a token is wanted.
struct UsageWish: Body {
    private let from: UsageDay?
    private let to: UsageDay?

    /// As long as calls are kept.
    private static let daysDefault: Int64 = 90

    static let schema = BodySchema(
        UsageWish.init,
        Field("from", \.from, .about("The first day, UTC; 90 days ago where nothing is said.")),
        Field("to", \.to, .about("The last day, UTC; today where nothing is said.")))

    /// The first and the last day.
    func days(at now: Instant) -> (first: Int64, last: Int64) {
        (from?.number ?? now.day - Self.daysDefault, to?.number ?? now.day)
    }
}
