import Basics
import Commerce
import Persistence
package import Resources
package import Secrets

/// The demo's app, which its own shop has installed.
package enum DemoApp {
    private static let body = JSONObject([
        .init("name", "Demo app"), .init("access_level", "write"),
        .init("description", "Greets whoever looks into the source of a page."),
        .init("fields", [["name": "greeting", "label": "Greeting", "type": "text", "default": "Hello"]]),
        .init("code", [["place": "body_end", "pages": [], "template": "<!-- <{$app_vars.greeting}> -->"]]),
    ])

    /// Makes and installs it.
    /// - Returns: its own token.
    package static func make(in tx: Transaction, keys: Keyring) throws -> String {
        let draft = try ResourceEndpoints<App>.drafts([(body: body, over: nil)], isStrict: true, tx)
        guard let app = draft.first?.new else { return "" }
        let made = try App.make(app, keys: keys, in: tx)
        try InstallApp.install(made.written.id, JSONText("{}"), keys: keys, in: tx)
        return made.token.text
    }
}
