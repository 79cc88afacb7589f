import Basics
import Commerce
import Persistence
import Resources

/// The category tree by its names. It is read whole, once, because a path asks for a level at a time.
struct CategoryNames: Sendable {
    private struct Key: Hashable {
        let parent: Int64
        let name: ExactText
    }

    private var ids: [Key: Int64]?

    mutating func learn(in tx: Transaction) throws {
        guard ids == nil else { return }
        var ids: [Key: Int64] = [:]
        let rows = try tx.db.rows(
            """
            SELECT parent_id, name, category_id FROM categories WHERE webshop_id = \(tx.shop) AND removed_on IS NULL
            ORDER BY category_id DESC
            """)
        for row in rows {
            let key = Key(parent: try row["parent_id"], name: ExactText(try row["name"]))
            ids[key] = try row["category_id"] as Int64
        }
        self.ids = ids
    }

    /// The category at the end of a path of names from the top; those that are missing are made.
    mutating func id(_ path: JSON, _ pointer: String, in tx: Transaction) throws -> JSON {
        guard case .array(let steps) = path, !steps.isEmpty else {
            throw Problem.invalid(pointer, "type", "must be a path: a list of names from the top")
        }
        var parent: Int64 = 0
        var address: [String] = []
        for step in steps {
            guard let definition = Definition(step) else {
                throw Problem.invalid(pointer, "type", "must be a path: a list of names from the top")
            }
            address.append(Slug.of(definition.name))
            let key = Key(parent: parent, name: ExactText(definition.name))
            if let known = ids?[key] {
                parent = known
                continue
            }
            do {
                let under = parent
                parent = try tx.savepoint { try Self.make(definition, under: under, address, in: tx) }
            } catch let problem as Problem {
                throw problem.within(pointer)
            }
            ids?[key] = parent
        }
        return .number(JSONNumber(parent))
    }

    /// Its address is the whole path, unless the file gives another, or that is longer than addresses may be: then it is
    /// made from its name, as for any other category.
    private static func make(
        _ definition: Definition, under parent: Int64, _ address: [String], in tx: Transaction
    ) throws -> Int64 {
        let whole = CategoryNames.address(address)
        let fits = Category.info.field("rewrite_url")?.allows(.text(whole)) ?? false
        return try tx.make(Category.self, from: definition.body, giving: ["parent_id": parent]) { category in
            if category.rewriteURL.isEmpty, fits { category.rewriteURL = whole }
        }.id
    }

    /// The address of a category nobody gave another: the names of its path.
    static func address(_ slugs: [String]) -> String {
        slugs.joined(separator: "/")
    }
}
