import Basics
import Resources

/// What of an app is looked at before it is approved: what it may do, where it sends what, and what it inserts.
struct AppTerms: Equatable {
    private var accessLevel: Token.Level
    private var callbackURL: String
    private var webhooks: JSONText
    private var events: JSONText
    private var fields: JSONText
    private var code: JSONText

    init(_ app: App) {
        (accessLevel, callbackURL) = (app.accessLevel, app.callbackURL)
        (webhooks, events, fields, code) = (app.webhooks, app.events, app.fields, app.code)
    }

    static func == (left: AppTerms, right: AppTerms) -> Bool { left.list == right.list }

    private var list: [ExactText] {
        [accessLevel.rawValue, callbackURL, webhooks.text, events.text, fields.text, code.text].map(ExactText.init)
    }

    /// As it is kept beside the app.
    var text: JSONText { JSONText(JSON.array(list.map { .string($0.text) }).serialized) }

    /// Reads what was kept.
    private init(_ text: JSONText) throws {
        let parts = try text.texts
        guard parts.count == 6, let level = Token.Level(rawValue: parts[0]) else {
            throw UnreadableValue(expected: "the terms of an app", found: text.sqlValue)
        }
        (accessLevel, callbackURL) = (level, parts[1])
        (webhooks, events, fields, code) = (
            JSONText(parts[2]), JSONText(parts[3]), JSONText(parts[4]), JSONText(parts[5])
        )
    }

    /// The app as it was approved; nil for one that never was, or is no more.
    static func approved(of app: App) throws -> App? {
        guard let text = app.approved else { return nil }
        let terms = try AppTerms(text)
        var app = app
        (app.accessLevel, app.callbackURL) = (terms.accessLevel, terms.callbackURL)
        (app.webhooks, app.events, app.fields, app.code) = (terms.webhooks, terms.events, terms.fields, terms.code)
        return app
    }
}
