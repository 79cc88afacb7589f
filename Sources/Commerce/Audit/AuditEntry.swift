import Basics
import Persistence
package import Resources

/// What was done to a shop, a user, a token or the like, and by whom. Written with what it tells of (`Audit`), never changed.
package struct AuditEntry: Resource {
    package var id: Identifier<AuditEntry>
    package var actor: JSONText?
    package var action: String
    package var resource: String
    package var resourceID: JSONText
    package var before: JSONText?
    package var after: JSONText?
    package var requestID: String
    package var place: Int64?
    package var hash: String?

    package static let schema = Schema(
        "audit", "audit", AuditEntry.init,
        Field("audit_id", \.id, .readOnly),
        Field("actor", \.actor, .readOnly, .shape(.actor), .about(Actor.about)),
        Field(
            "action", \.action, .readOnly, .filterable,
            .about("`created`, `updated`, `deleted`, `rotated` and the like.")),
        Field("resource", \.resource, .readOnly, .filterable, .about("What it was done to, as events call it.")),
        Field(
            "resource_id", \.resourceID, .readOnly, .shape(.any),
            .about("A number, or the text that such a thing goes by.")),
        Field(
            "before", \.before, .readOnly, .shape(.object),
            .about("How that was, without its secrets; null where it was made.")),
        Field("after", \.after, .readOnly, .shape(.object), .about("How it was then; null where it was deleted.")),
        Field("request_id", \.requestID, .readOnly),
        Field("place", \.place, .hidden),
        Field(
            "hash", \.hash, .readOnly,
            .about(
                """
                SHA-256 of the row and of the hash before it, in hex; null until the server has placed the row in the shop's chain, \
                about a second after it was written.
                """)),
        also: [.computed("created", .instant, "created", after: "audit_id")],
        filters: [
            CustomFilter("actor", .text, "Who did it: `token:5`, `user:3`, `job:command`, or all of a kind, `user`.") {
                text, _, _ throws(FieldFault) in
                guard case .text(let text) = text else { return nil }
                return .condition(try AuditActor(text).condition)
            },
            CustomFilter("resource_id", .text, "Which of those it was done to.") { id, _, _ throws(FieldFault) in
                guard case .text(let text) = id else { return nil }
                let value: JSON = WholeNumber(strict: text).map { .number(JSONNumber($0.int64)) } ?? .string(text)
                return .condition("resource_id = \(value.serialized)")
            },
        ],
        verbs: [.list, .read], level: .all,
        about:
            "Changes of the shop, its tokens, its users and the like, with who made them. Rows are never changed or removed."
    )
}
