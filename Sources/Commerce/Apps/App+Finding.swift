import Basics
import Persistence
package import Resources

extension App {
    /// An app of any shop, which nobody changes meanwhile; nil where there is none, or none any more.
    private static func named(_ id: Int64, in tx: Transaction) throws -> (app: App, shop: Int64)? {
        try tx.db.row(
            """
            SELECT \(raw: info.columnList), webshop_id FROM apps WHERE app_id = \(id)
            AND removed_on IS NULL\(tx.db.dialect.forShare)
            """
        ).map { row in (try schema.value(Array(row.values.prefix(info.fields.count))), try row["webshop_id"]) }
    }

    /// An app as the transaction's shop may install it: its own as it is, another's as it was approved.
    /// - Throws: 422 for one that it may not install, as for one that there is none of.
    static func installable(_ id: Int64, in tx: Transaction) throws -> App {
        if let (app, shop) = try named(id, in: tx) {
            if try app.mayBeInstalled(in: tx.shop, of: shop) { return app }
        }
        throw Problem.invalid("/app_id", "reference", "is no app that this shop may install")
    }

    func mayBeInstalled(in shop: Int64, of owner: Int64) throws -> Bool {
        if shop == owner { return true }
        let allowed = try allowedShops.integers
        return status == .approved && (allowed.isEmpty || allowed.contains(shop))
    }

    /// An app as it runs in the transaction's shop.
    /// - Throws: 409 where it does not any more.
    static func running(_ id: Int64, in tx: Transaction) throws -> App {
        if let (app, shop) = try named(id, in: tx), let running = try app.asRun(in: tx.shop, of: shop) {
            return running
        }
        throw Problem.conflict("app_stopped", "This app runs no longer; it can only be uninstalled.")
    }

    /// The app as it runs in a shop: in its owner's as it is, elsewhere as it was approved; nil where it does not run.
    func asRun(in shop: Int64, of owner: Int64) throws -> App? {
        shop == owner ? self : try AppTerms.approved(of: self)
    }

    /// An app goes when no shop has it.
    package static let followers: [Follower<App>] = [
        Follower(removed: { stored, tx in
            let row = try tx.db.row(
                "SELECT count(*) AS installs FROM app_installs WHERE app_id = \(stored.id) AND removed_on IS NULL")
            let installs: Int64 = try row?["installs"] ?? 0
            guard installs == 0 else {
                throw Problem.conflict(
                    "app_installed",
                    "\(installs) shop\(installs == 1 ? " has" : "s have") this app; they uninstall it first.")
            }
            try tx.db.run("DELETE FROM app_tokens WHERE webshop_id = \(tx.shop) AND app_id = \(stored.id)")
        })
    ]
}
