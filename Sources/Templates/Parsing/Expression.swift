import Basics

/// What a tag asks for. Chains are lists and not trees, so that a long one is not a deep one.
indirect enum Expression: Sendable {
    case literal(JSON)
    /// `$shop.name` is `["shop", "name"]`.
    case variable([String])
    case modified(Expression, [Modifier])
    case not(Expression)
    case all([Expression])
    case any([Expression])
    case comparison(Expression, Comparison, Expression)
}

/// How two values are compared.
enum Comparison: Sendable {
    case equal, unequal, less, lessOrEqual, greater, greaterOrEqual

    /// The signs, and Smarty's words for them.
    init?(_ token: Token.Kind) {
        switch token {
        case .sign(.equal), .word("eq"): self = .equal
        case .sign(.unequal), .word("ne"), .word("neq"): self = .unequal
        case .sign(.less), .word("lt"): self = .less
        case .sign(.lessOrEqual), .word("le"), .word("lte"): self = .lessOrEqual
        case .sign(.greater), .word("gt"): self = .greater
        case .sign(.greaterOrEqual), .word("ge"), .word("gte"): self = .greaterOrEqual
        default: return nil
        }
    }
}
