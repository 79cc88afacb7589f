import Persistence
package import Resources

/// Where an address leads that is no longer used, so that links and search engines still find the page.
package struct Redirect: Resource {
    package var id: Identifier<Redirect>
    package var from: String
    package var to: String
    package var code: Int64

    package static let schema = Schema(
        "redirect", "redirects", Redirect.init,
        Field("redirect_id", \.id, .readOnly),
        Field(
            "from", \.from, .required, .key, .length(1...2048), .bytes(2600), .column("from_path"), .filterable,
            .sortable,
            .about(Place.about)),
        Field(
            "to", \.to, .required, .length(1...2048), .bytes(2600), .column("to_path"), .filterable,
            .about(Place.about)),
        Field(
            "code", \.code, .initially(.integer(301)), .range(301...308),
            .about("301 and 308 for good, 302 and 307 for now.")),
        sortedBy: "from")

    /// More steps than any visitor's browser takes.
    private static let stepsMax = 20

    /// One must not lead back to another.
    package static var hasRulesBetweenRows: Bool { true }

    package static func prepare(_ new: inout Redirect, replacing old: Redirect?, in tx: Transaction) throws {
        new.from = Slug.bare(new.from)
        if !new.isAway { new.to = Slug.bare(new.to) }
        if new.from.isEmpty { throw Problem.invalid("/from", "required", "cannot be the front page") }
        let errors = [("/from", new.from, old?.from), ("/to", new.to, old?.to)].compactMap { pointer, place, before in
            place == before ? nil : Place.fault(of: place).map { Problem.FieldError(pointer, "place", $0) }
        }
        if !errors.isEmpty { throw Problem.invalid(errors) }
        guard [301, 302, 307, 308].contains(new.code) else {
            throw Problem.invalid("/code", "choice", "must be 301, 302, 307 or 308")
        }
        if !new.isAway, new.from != old?.from || new.to != old?.to { try new.refuseLoop(in: tx) }
    }

    /// Whether it leads out of the shop.
    private var isAway: Bool { Place.scheme(of: to) != nil }

    /// Follows where it leads. Redirects are made alone in the shop, since two can close a loop together.
    private func refuseLoop(in tx: Transaction) throws {
        try tx.standAlone()
        var place = to
        for _ in 0..<Self.stepsMax {
            if place == from { throw Problem.invalid("/to", "loop", "leads back to where it comes from") }
            let next = try tx.db.row(
                """
                SELECT to_path FROM redirects WHERE webshop_id = \(tx.shop) AND from_path = \(place)
                AND redirect_id <> \(id) AND removed_on IS NULL
                """)
            guard let next else { return }
            place = try next["to_path"]
        }
        throw Problem.invalid("/to", "loop", "goes through more than \(Self.stepsMax) redirects")
    }
}

extension Redirect {
    /// What leads away from addresses makes way for the pages that are there now.
    static func makeWay(for paths: [String], in tx: Transaction) throws {
        let statements = SQL.each(paths) { some in
            """
            SELECT redirect_id FROM redirects
            WHERE webshop_id = \(tx.shop) AND from_path IN (\(some)) AND removed_on IS NULL
            """
        }
        let ids = try tx.db.fetch(statements).joined().integers("redirect_id")
        for id in ids.sorted() { try tx.remove(try tx.take(Redirect.self, id)) }
    }

    /// Leaves a redirect behind where a page has moved. What led to the old address leads to the new one at once, so that
    /// chains do not grow.
    static func leave(from old: String?, to new: String, in tx: Transaction) throws {
        // An address from before there were rules for it leads nowhere: no redirect may have it.
        guard let old = old?.asKey, old != new, !old.isEmpty, !new.isEmpty, Place.fault(of: old) == nil else { return }
        for var earlier in try tx.takeAll(Redirect.self, where: "to_path = \(old)") {
            earlier.to = new
            try tx.update(earlier)
        }
        if var there = try tx.takeAll(Redirect.self, where: "from_path = \(old)").first {
            there.to = new
            try tx.update(there)
        } else {
            try tx.insert(Redirect(id: try tx.newID(Redirect.self), from: old, to: new, code: 301))
        }
    }
}
