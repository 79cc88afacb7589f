import Basics

extension TemplateParser {
    /// Modifiers of one value.
    private static let modifiersMax = 16

    /// What an `if` asks: `or` binds less than `and`, and that less than `not`.
    mutating func condition() throws(TemplateFault) -> Expression {
        var terms = [try conjunction()]
        while try take(.sign(.or), .word("or")) { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func conjunction() throws(TemplateFault) -> Expression {
        var terms = [try negation()]
        while try take(.sign(.and), .word("and")) { terms.append(try negation()) }
        return terms.count == 1 ? terms[0] : .all(terms)
    }

    private mutating func negation() throws(TemplateFault) -> Expression {
        var count = 0
        while try take(.sign(.not), .word("not")) { count += 1 }
        let comparison = try comparison()
        if count == 0 { return comparison }
        return count.isMultiple(of: 2) ? .not(.not(comparison)) : .not(comparison)
    }

    private mutating func comparison() throws(TemplateFault) -> Expression {
        let left = try operand()
        guard let comparison = Comparison(token.kind) else { return left }
        try advance()
        let right = try operand()
        if Comparison(token.kind) != nil {
            throw fault("two comparisons need parentheses or an and between them")
        }
        return .comparison(left, comparison, right)
    }

    private mutating func operand() throws(TemplateFault) -> Expression {
        guard try take(.sign(.open)) else { return try value() }
        let inner = try deeper { parser throws(TemplateFault) in try parser.condition() }
        guard try take(.sign(.close)) else { throw fault("\(token.words) cannot stand here; ) is expected") }
        return inner
    }

    /// A variable, a text, a number or a word for true, false and nothing, with what is done to it.
    mutating func value() throws(TemplateFault) -> Expression {
        let plain = try plainValue()
        var modifiers: [Modifier] = []
        while try take(.sign(.pipe)) {
            guard modifiers.count < Self.modifiersMax else {
                throw fault("a value has at most \(Self.modifiersMax) modifiers")
            }
            modifiers.append(try modifier())
        }
        return modifiers.isEmpty ? plain : .modified(plain, modifiers)
    }

    private mutating func plainValue() throws(TemplateFault) -> Expression {
        let value: Expression
        switch token.kind {
        case .variable(let path): value = .variable(path)
        case .text(let text): value = .literal(.string(text))
        case .number(let digits): value = .literal(.number(JSONNumber(text: digits)))
        case .word("true"): value = .literal(true)
        case .word("false"): value = .literal(false)
        case .word("null"): value = .literal(.null)
        default:
            throw fault("\(token.words) cannot stand here; a value is expected, such as $shop.name, 'text' or 5")
        }
        try advance()
        return value
    }

    private mutating func modifier() throws(TemplateFault) -> Modifier {
        let place = token.offset
        guard case .word(let name) = token.kind, let kind = Modifier.Kind(rawValue: name) else {
            let hint = token.kind == .word("nofilter") ? "; nofilter stands behind a blank: <{$x nofilter}>" : ""
            throw fault("\(token.words) is no modifier; there are \(Modifier.names)\(hint)")
        }
        try advance()
        var arguments: [Expression] = []
        while try take(.sign(.colon)) { arguments.append(try plainValue()) }
        guard arguments.count <= kind.argumentsMax else {
            throw source.fault("\(name) takes at most \(kind.argumentsMax) arguments", at: place)
        }
        if kind == .default, arguments.isEmpty {
            throw source.fault("default says what is shown instead: |default:'text'", at: place)
        }
        if kind == .escape, let mode = arguments.first { try check(escape: mode, at: place) }
        return Modifier(kind: kind, arguments: arguments)
    }

    private func check(escape mode: Expression, at place: Int) throws(TemplateFault) {
        if case .literal(.string(let text)) = mode, Modifier.Escape(rawValue: text) != nil { return }
        let modes = Modifier.Escape.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        throw source.fault("escape is for one of \(modes)", at: place)
    }
}
