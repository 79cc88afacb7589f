import Mustache

/// One text of a template: variables and sections of mustache, nothing else.
struct MailPattern: Sendable {
    /// Why a text is none, in words that stand behind its name.
    struct Refused: Error {
        let code: String
        let message: String

        init(_ code: String, _ message: String) {
            (self.code, self.message) = (code, message)
        }
    }

    static let bytesMax = 65_536
    /// The parser calls itself for each section within another.
    private static let tagsMax = 200

    private let template: MustacheTemplate

    /// - Parameters:
    ///   - isHTML: whether values are escaped.
    ///   - variables: what it may name.
    init(_ text: String, isHTML: Bool, variables: [String]) throws(Refused) {
        guard text.utf8.count <= Self.bytesMax else {
            throw Refused("too_long", "takes \(text.utf8.count) bytes in UTF-8; at most \(Self.bytesMax)")
        }
        try Self.check(text, variables)
        do {
            template = try MustacheTemplate(string: (isHTML ? HTMLText.pragma : "{{% CONTENT_TYPE:TEXT}}") + text)
        } catch {
            throw Refused("template", "is no mustache template: each {{#section}} ends with {{/section}}")
        }
    }

    func words(_ values: [String: String]) -> String { template.render(values) }

    /// Each tag names a variable, and none changes what the others mean.
    private static func check(_ text: String, _ variables: [String]) throws(Refused) {
        var rest = text[...]
        var count = 0
        while let open = rest.firstRange(of: "{{") {
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { throw Refused("template", "has a {{ without its }}") }
            try check(tag: rest[..<close.lowerBound], variables)
            rest = rest[close.upperBound...]
            count += 1
            guard count <= tagsMax else { throw Refused("too_many", "has more than \(tagsMax) tags") }
        }
    }

    private static func check(tag: Substring, _ variables: [String]) throws(Refused) {
        var name = String(tag).trimmed
        if name.hasPrefix("!") { return }
        if let sigil = name.first, "#^/{&".contains(sigil) { name = String(name.dropFirst()).trimmed }
        guard name == "." || variables.contains(name) else {
            throw Refused(
                "unknown",
                "has {{\(tag.prefix(40))}}; it takes \(variables.map { "{{\($0)}}" }.joined(separator: ", "))")
        }
    }
}
