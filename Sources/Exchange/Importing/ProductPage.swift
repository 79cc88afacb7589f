import Basics
import Commerce
import Resources

/// Writes a page of bodies by own_id. No product comes twice in a page.
enum ProductPage {
    /// A product as it was written, without what had to be left out, and what became of it.
    typealias Result = (write: ProductWrite, outcome: ProductOutcome)

    /// All of them together, or, where something is wrong with one, each half for itself, down to the one, which is
    /// written without its bad parts if only those are wrong.
    static func write(_ page: [ProductWrite], in tx: Transaction) throws -> [Result] {
        do {
            return Array(zip(page, try tx.savepoint { try together(page, in: tx) }))
        } catch let problem as Problem {
            guard page.count == 1, var write = page.first else {
                let half = page.count / 2
                return try Self.write(Array(page[..<half]), in: tx) + Self.write(Array(page[half...]), in: tx)
            }
            return write.parts.leaveOut(problem) ? try Self.write([write], in: tx) : [(write, .refused(problem))]
        }
    }

    private static func together(_ page: [ProductWrite], in tx: Transaction) throws -> [ProductOutcome] {
        let units = try SKUs.units(page.filter { $0.productID == nil }.map(\.ownID), in: tx)
        let known = page.map { write in
            write.productID ?? units[write.ownID].flatMap { $0.variantID == nil ? $0.productID : nil }
        }
        let taken = try tx.takeAll(Product.self, known.compactMap { $0 })
        let pictures = try ImportedPictures(of: zip(page, known), in: tx)
        let wishes = try zip(page, known).map { write, id -> (body: JSONObject, over: Stored<Product>?) in
            guard let id, let stored = taken[id] else { return (try write.newBody, nil) }
            return (pictures.known(in: write, of: id), stored)
        }
        let drafts = try ResourceEndpoints<Product>.drafts(wishes, isStrict: false, tx)
        for (write, draft) in zip(page, drafts) { try write.checkStock(of: draft.new, isNew: draft.old == nil) }
        let written = try tx.write(drafts)
        let resupplied = try ImportedSuppliers.set(
            zip(page, written).compactMap { write, written in
                write.body["suppliers"] == nil ? nil : (written.id, write.body.list("suppliers"))
            }, in: tx)
        return zip(drafts, written).map { draft, written in
            guard let version = draft.oldVersion else { return .created(written.id) }
            let isSame = version == written.version && !resupplied.contains(written.id)
            return isSame ? .unchanged(written.id) : .updated(written.id)
        }
    }
}
