import Persistence
package import Resources

/// The public addresses of a shop: each leads to one thing of any kind, whoever asked first.
package enum Addresses {
    package static let area = Area("addresses", resources: [Redirect.self])

    /// As many characters as the field of an address takes.
    private static let lengthMax = 255

    /// Settles the addresses of rows that are about to be stored.
    static func settle<R: Addressed>(_ drafts: inout [Draft<R>], in tx: Transaction) throws {
        let wishes = drafts.map {
            Wish(id: $0.new.id.rawValue, path: $0.new.rewriteURL, name: $0.new.name, old: $0.old?.rewriteURL)
        }
        for (index, path) in zip(drafts.indices, try settle(wishes, of: R.info, in: tx)) {
            drafts[index].new.rewriteURL = path
        }
    }

    /// What a row wants.
    private struct Wish {
        let id: Int64
        /// What the client gave; empty where the name is to make it.
        let path: String
        let name: String
        /// The address the row has had, nil for a new one.
        let old: String?
    }

    /// Gives rows the addresses they wish for, or, where something else has one, the wish with the id behind it. Existing
    /// clients pick from few addresses, so a collision must not fail (fact sheet 7.1). A change leaves a redirect behind.
    private static func settle(_ wishes: [Wish], of info: ResourceInfo, in tx: Transaction) throws -> [String] {
        var paths = wishes.map { tidied($0, of: info) }
        var open = wishes.indices.filter { !paths[$0].isExactly(wishes[$0].old) }
        var attempt = 0
        while !open.isEmpty {
            let taken = try take(open.map { (path: paths[$0], id: wishes[$0].id) }, of: info, in: tx)
            attempt += 1
            open = open.filter { !taken.contains(wishes[$0].id) }
            for index in open {
                let wish = tidied(wishes[index], of: info)
                let suffix = attempt == 1 ? "-\(wishes[index].id)" : "-\(wishes[index].id)-\(attempt)"
                paths[index] = String(wish.unicodeScalars.prefix(lengthMax - suffix.count)) + suffix
            }
            // Another thing has the wish, and this one its second choice: asking again changes nothing.
            open = open.filter { !paths[$0].isExactly(wishes[$0].old) }
        }
        try Redirect.makeWay(for: zip(wishes, paths).filter { !$1.isExactly($0.old) }.map(\.1), in: tx)
        for index in wishes.indices where !paths[index].isExactly(wishes[index].old) {
            try leave(wishes[index], for: paths[index], of: info, in: tx)
        }
        return paths
    }

    /// Takes the addresses that are free and answers who got one. Asking and taking are one statement: of two that want an
    /// address at once, the second sees it taken.
    private static func take(
        _ wishes: [(path: String, id: Int64)], of info: ResourceInfo, in tx: Transaction
    ) throws -> Set<Int64> {
        // One order for everybody, so that two requests never wait for each other.
        let rows = wishes.sorted { $0.path < $1.path }.map { path, id in
            [tx.shop.sqlValue, path.sqlValue, info.path.sqlValue, id.sqlValue]
        }
        let taken = try tx.db.fetch(
            SQL.insertions(
                "INSERT INTO addresses (webshop_id, path, resource, resource_id) VALUES", rows,
                "ON CONFLICT DO NOTHING RETURNING resource_id"))
        return Set(try taken.joined().integers("resource_id"))
    }

    private static func tidied(_ wish: Wish, of info: ResourceInfo) -> String {
        if let old = wish.old, wish.path.isExactly(old), !old.isEmpty { return old }
        let given = Slug.tidied(wish.path)
        let tidied = given.isEmpty ? Slug.tidied(Slug.of(wish.name)) : given
        return tidied.isEmpty ? "\(info.path)-\(wish.id)" : tidied
    }

    private static func leave(_ wish: Wish, for new: String, of info: ResourceInfo, in tx: Transaction) throws {
        guard let old = wish.old else { return }
        try tx.db.run(
            """
            DELETE FROM addresses WHERE webshop_id = \(tx.shop) AND path = \(old)
            AND resource = \(info.path) AND resource_id = \(wish.id)
            """)
        try Redirect.leave(from: old, to: new, in: tx)
    }
}

extension Part where Owner: Addressed {
    /// A public address of its own.
    static var address: Part { address() }

    /// A public address of its own, shown as `url` behind another member.
    static func address(after: String? = nil) -> Part {
        Part(
            { _ in [.computed("url", .link, "rewrite_url", after: after)] },
            settle: { try Addresses.settle(&$0, in: $1) })
    }
}
