import Basics
import Persistence
import Resources

/// Which part of a history is wanted.
struct PriceHistoryWish {
    /// 0 for the product itself; nil for all.
    let variant: Int64?
    /// Empty for everybody; nil for all.
    let group: String?
    let since: Instant?
    let limit: Int
    let offset: Int
    let after: PriceHistoryCursor?

    init(_ call: Call) throws {
        let numbers = 0...WholeNumber.max
        let (variant, ownOnly, group, everybodyOnly, limit, offset, since, after) = try call.reading { reader in
            (
                reader.integer("variant_id", numbers), reader.flag("variant_id[null]"),
                reader.key("customer_group", 255),
                reader.flag("customer_group[null]"), reader.integer("limit", numbers),
                reader.integer("offset", numbers),
                reader.text("since", 64), reader.text("after", 4096)
            )
        }
        self.variant = ownOnly == true ? 0 : variant
        self.group = everybodyOnly == true ? "" : group.flatMap { $0.isEmpty ? nil : $0 }
        self.limit = Int(min(limit ?? Int64(ListRequest.limitDefault), Int64(ListRequest.limitMax)))
        self.offset = Int(offset ?? 0)
        self.since = try Self.moment(since, call.tenant)
        self.after = try Self.cursor(after)
    }

    private static func moment(_ text: String?, _ tenant: Tenant) throws -> Instant? {
        guard let text, !text.isEmpty else { return nil }
        guard let moment = Timestamp.parse(text, zone: tenant.zone) else {
            throw Problem.invalid("?since", "type", "must be a time such as 2026-03-01 14:05:00")
        }
        return moment
    }

    private static func cursor(_ text: String?) throws -> PriceHistoryCursor? {
        guard let text, !text.isEmpty else { return nil }
        guard let cursor = PriceHistoryCursor(text) else {
            throw Problem.invalid("?after", "cursor", "is not a cursor of this list; start again without a value")
        }
        return cursor
    }

    /// Whether rows of the product (0) or of a variant are wanted: of one that costs what the product costs only by its id.
    func wants(_ unit: Int64, hasOwnPrices: Bool) -> Bool {
        if let variant { return unit == variant }
        return unit == 0 || hasOwnPrices
    }
}
