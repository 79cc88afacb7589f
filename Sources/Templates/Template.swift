package import Basics

/// A text with tags in `<{ }>`, as `docs/templates.md` describes them: a part of Smarty that can do nothing but show values.
package struct Template: Sendable {
    private let nodes: [Node]

    /// The most that the text of one may have.
    package static let bytesMax = 65_536

    /// - Throws: what is wrong, where, and what would be right.
    package init(_ text: String) throws(TemplateFault) {
        guard text.utf8.count <= Self.bytesMax else {
            throw TemplateFault(line: 1, column: 1, message: "a template has at most \(Self.bytesMax) bytes")
        }
        var parser = TemplateParser(text)
        nodes = try parser.template()
    }

    /// The text with its values. A variable that is not there shows nothing, as in Smarty.
    /// - Parameters:
    ///   - values: what `$name` means.
    ///   - zone: the zone in which `date_format` shows a time.
    ///   - budget: what may be spent; several templates can share one.
    /// - Throws: which bound was met.
    package func render(
        _ values: JSONObject, zone: Zone = .utc, within budget: inout TemplateBudget
    ) throws(TemplateBudget.Exhausted) -> String {
        var renderer = TemplateRenderer(values, zone: zone, budget: budget)
        defer { budget = renderer.budget }
        try renderer.render(nodes)
        return String(decoding: renderer.output, as: UTF8.self)
    }
}
