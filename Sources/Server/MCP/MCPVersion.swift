/// The revisions of the Model Context Protocol that are spoken (modelcontextprotocol.io/specification), the newest first.
enum MCPVersion: String, Sendable, CaseIterable {
    case july2026 = "2026-07-28"
    case november2025 = "2025-11-25"
    case june2025 = "2025-06-18"
    case march2025 = "2025-03-26"

    /// Whether each request says by itself what it is spoken in. In older ones a client begins with `initialize`.
    var isStateless: Bool { self == .july2026 }

    /// What is offered to who begins with a version that is not spoken.
    static let newestBegun = november2025

    /// What a request speaks that says nothing of it: there was no header for it then.
    static let unsaid = march2025
}
