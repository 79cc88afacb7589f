/// Why a text is no template.
package struct TemplateFault: Error, Sendable, Equatable {
    /// From 1; the column counts characters as Unicode does (scalars).
    package let line: Int
    package let column: Int
    /// What is wrong and what would be right.
    package let message: String

    package var words: String { "line \(line), column \(column): \(message)" }
}
