package import Persistence

/// A member of the answer that is not a field of the struct: computed by SQL, or always the same.
package struct AnswerMember: Sendable {
    enum Source: Sendable {
        case expression(String, FieldKind)
        case constant(String)
        case embed(Embed)
    }

    let name: String
    let source: Source
    let isNullable: Bool
    let born: SQLValue?
    /// The field that must have its starting value for `born` to hold.
    let bornWithout: String?
    /// The member it follows; at the end where nil.
    let after: String?
    let about: String

    /// The rows it lists, where it does.
    var embed: Embed? { if case .embed(let embed) = source { embed } else { nil } }

    /// A member read by an SQL expression over the resource's table.
    /// - Parameters:
    ///   - born: what the expression gives for a new row, where that is always the same.
    ///   - bornWithout: a field; the expression gives something else for a new row that has a value there.
    package static func computed(
        _ name: String, _ kind: FieldKind, _ expression: String, nullable: Bool = false, born: SQLValue? = nil,
        bornWithout: String? = nil, after: String? = nil, about: String = ""
    ) -> AnswerMember {
        AnswerMember(
            name: name, source: .expression(expression, kind), isNullable: nullable, born: born,
            bornWithout: bornWithout, after: after, about: about)
    }

    /// A list of the rows of another table that belong to this one.
    package static func embedded(_ embed: Embed, after: String? = nil, about: String = "") -> AnswerMember {
        AnswerMember(
            name: embed.name, source: .embed(embed), isNullable: false, born: nil, bornWithout: nil, after: after,
            about: about)
    }

    /// A member that is the same in every answer.
    package static func constant(_ name: String, _ json: String, after: String? = nil, about: String = "")
        -> AnswerMember
    {
        AnswerMember(
            name: name, source: .constant(json), isNullable: false, born: nil, bornWithout: nil, after: after,
            about: about)
    }
}
