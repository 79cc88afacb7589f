/// A piece of a template.
enum Node: Sendable {
    case text([UInt8])
    /// A value that is shown, escaped for HTML unless it says `nofilter`.
    case value(Expression, isRaw: Bool)
    case choice([Branch], otherwise: [Node])
    case loop(Loop)

    struct Branch: Sendable {
        let condition: Expression
        let nodes: [Node]
    }

    struct Loop: Sendable {
        let source: Expression
        let key: String?
        let item: String
        let nodes: [Node]
        /// What is shown where there is nothing to go through.
        let otherwise: [Node]
    }
}
