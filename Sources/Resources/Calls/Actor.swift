package import Basics

/// Who did something, as of then: a later name or deletion changes nothing of it.
package struct Actor: Sendable, Hashable {
    /// What kinds of those who write there are.
    package enum Kind: String, Sendable, CaseIterable {
        case token, user, app, shopper
        /// Work of the server's own, or of a command.
        case job
    }

    package let kind: Kind
    /// None for jobs.
    package let id: Int64?
    package let name: String

    package init(_ kind: Kind, id: Int64?, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    /// A job of the server, or a command, by its name.
    package static func job(_ name: String) -> Actor { Actor(.job, id: nil, name: name) }

    /// The actor as it is stored, and shown as `actor`.
    package var text: String {
        var writer = JSONWriter(capacity: 64)
        writer.raw(#"{"type":"# as StaticString)
        writer.string(kind.rawValue)
        writer.raw(#","id":"# as StaticString)
        if let id { writer.integer(id) } else { writer.null() }
        writer.raw(#","name":"# as StaticString)
        writer.string(name)
        writer.raw("}" as StaticString)
        return writer.text
    }

    /// How an `actor` is documented.
    package static let schema: JSON = [
        "type": ["object", "null"], "required": ["type", "id", "name"], "additionalProperties": false,
        "properties": [
            "type": ["type": "string", "enum": .array(Kind.allCases.map { .string($0.rawValue) })],
            "id": ["type": ["integer", "null"], "description": "null for jobs."],
            "name": ["type": "string", "description": "What it was called then."],
        ],
        "description": .string(about),
    ]

    package static let about = "Who did it, as of then; null where that is older than such knowledge."
}

extension Caller {
    /// Who is named as having done what this caller writes.
    package var actor: Actor? {
        switch self {
        case .nobody: nil
        case .local: .job("command")
        case .app(let app): Actor(.app, id: app.id, name: app.name)
        case .user(let session): session.actor
        case .member(let member): member.session.actor
        case .token(let principal): Actor(.token, id: principal.tokenID, name: principal.tokenName)
        }
    }
}
