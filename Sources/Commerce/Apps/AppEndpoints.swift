import Basics
import Persistence
package import Resources
package import Secrets

/// Making apps, and having them looked at.
enum AppEndpoints {
    static let all = [create, submit]

    private static let create = Endpoint(
        .post, "/REST/app", .token(.all), "create_app",
        """
        Makes an app. Its token, which callbacks carry and `app-status` takes, and the secret they are signed with are shown in this \
        answer only; a dry run makes none and shows null.
        """,
        Documentation(tag: "app", answer: ["type": "object"]), takes: FieldsOf<App>.self
    ) { fields, call, tx in
        let id = try tx.newID(App.self)
        let made = try App.make(try fields.value(id, in: tx), keys: try call.services.get(), in: tx)
        return made.written.answer(withSecrets: [("token", made.token.text), ("secret", made.secret)], in: tx)
    }

    private static let submit = Endpoint(
        .post, "/REST/app/{app_id}/submit", .token(.all), "submit_app",
        "Asks the platform to approve the app as it is, so that other shops may install it.",
        Documentation(tag: "app", answer: App.info.schemaReference),
        .write { call, tx in
            var stored = try tx.take(App.self, try call.id(of: "app"))
            guard stored.value.status == .draft || stored.value.status == .rejected else {
                throw Problem.conflict(
                    "app_\(stored.value.status.rawValue)", "This app is \(stored.value.status.rawValue) already.")
            }
            (stored.value.status, stored.value.reason) = (.submitted, nil)
            return try tx.update(stored, action: "submitted").answer
        })
}

extension App {
    /// An app with what it shows callbacks by, which nobody can ask for again.
    package struct Made: Sendable {
        package let written: Written<App>
        package let token: TokenText
        package let secret: String
    }

    /// Stores a new app with a token and a secret of its own.
    package static func make(_ app: App, keys: Keyring, in tx: Transaction) throws -> Made {
        let (token, secret) = (TokenText(.app), WebhookSecret())
        let vault = try keys.vault(in: tx.db)
        var app = app
        app.token = try vault.seal(token.text, as: sealedToken.place(app.id.rawValue))
        app.secret = try vault.seal(secret.bytes, as: sealedSecret.place(app.id.rawValue))
        let written = try tx.insert(app)
        try tx.db.run(
            """
            INSERT INTO app_tokens (token_hash, webshop_id, app_id) VALUES (\(token.hash), \(tx.shop), \(app.id))
            """)
        return Made(written: written, token: token, secret: secret.text)
    }
}
