import Basics
import Persistence
import Resources

extension Follower<Token> {
    /// The token of an app is the app's for as long as the shop has it: callbacks repeat its text, so nobody gives it another, and it
    /// goes with the installation.
    static let apps = Follower(
        stored: { drafts, tx in
            for draft in drafts where draft.old.map({ !draft.new.lastFour.isExactly($0.lastFour) }) ?? false {
                try refuse(draft.new, in: tx)
            }
        },
        removed: { stored, tx in try refuse(stored.value, in: tx) })

    private static func refuse(_ token: Token, in tx: Transaction) throws {
        // Only theirs are 32 hexadecimal digits of which no prefix is shown, beside those somebody asked for in that form.
        guard token.prefix.isEmpty else { return }
        let row = try tx.db.row(
            """
            SELECT app_install_id FROM app_installs WHERE webshop_id = \(tx.shop) AND token_id = \(token.id)
            AND removed_on IS NULL
            """)
        guard let row else { return }
        let install: Int64 = try row["app_install_id"]
        throw Problem.conflict(
            "token_of_app", "This token is an app's and goes with it: DELETE app-install/\(install) uninstalls the app."
        )
    }
}
