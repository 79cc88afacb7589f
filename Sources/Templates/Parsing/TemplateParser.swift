/// Reads a template: text, and the tags in it. `TemplateParser+Expressions` reads what stands in a tag.
struct TemplateParser {
    private(set) var source: TemplateSource
    /// The word of the tag that is looked at.
    private(set) var token = Token(kind: .end, offset: 0)
    /// Where the tag begins that was read last.
    private var tagStart = 0
    /// How many blocks and parentheses are open. Both are read by functions that call themselves.
    private var depth = 0
    private static let depthMax = 32

    /// What ends a block.
    enum Stop {
        case endOfText, elseIf, otherwise, endIf, foreachElse, endForeach

        var words: String {
            switch self {
            case .endOfText: "the end"
            case .elseIf: "<{elseif}>"
            case .otherwise: "<{else}>"
            case .endIf: "<{/if}>"
            case .foreachElse: "<{foreachelse}>"
            case .endForeach: "<{/foreach}>"
            }
        }
    }

    init(_ text: String) {
        source = TemplateSource(text)
    }

    mutating func template() throws(TemplateFault) -> [Node] {
        let (nodes, stop) = try block()
        guard stop == .endOfText else {
            let opening = stop == .foreachElse || stop == .endForeach ? "<{foreach}>" : "<{if}>"
            throw source.fault("\(stop.words) has no \(opening) before it", at: tagStart)
        }
        return nodes
    }

    // MARK: Words of a tag

    mutating func advance() throws(TemplateFault) { token = try source.token() }

    /// Goes on if one of some words is there.
    mutating func take(_ kinds: Token.Kind...) throws(TemplateFault) -> Bool {
        guard kinds.contains(token.kind) else { return false }
        try advance()
        return true
    }

    func expectEnd(_ wanted: String = "}>") throws(TemplateFault) {
        if token.kind != .end { throw fault("\(token.words) cannot stand here; \(wanted) is expected") }
    }

    func fault(_ message: String) -> TemplateFault { source.fault(message, at: token.offset) }

    /// Does what goes one level deeper.
    mutating func deeper<T>(_ work: (inout TemplateParser) throws(TemplateFault) -> T) throws(TemplateFault) -> T {
        guard depth < Self.depthMax else { throw fault("there are more than \(Self.depthMax) levels in each other") }
        depth += 1
        defer { depth -= 1 }
        return try work(&self)
    }

    // MARK: Blocks

    /// What stands up to the tag that ends it.
    mutating func block() throws(TemplateFault) -> (nodes: [Node], stop: Stop) {
        var nodes: [Node] = []
        while !source.isAtEnd {
            let text = source.take(before: "<{") ?? source.takeRest()
            if !text.isEmpty { nodes.append(.text(text)) }
            let start = source.offset
            guard source.take("<{") else { continue }
            if source.take("*") {
                guard source.take(before: "*}>") != nil, source.take("*}>") else {
                    throw source.fault("the comment is not closed: write *}> at its end", at: start)
                }
                continue
            }
            tagStart = start
            try advance()
            if let stop = try stop() { return (nodes, stop) }
            if let node = try node(from: start) { nodes.append(node) }
        }
        return (nodes, .endOfText)
    }

    /// What the tag ends, if it ends a block. What is behind an `elseif` is still to be read.
    private mutating func stop() throws(TemplateFault) -> Stop? {
        var stop: Stop
        switch token.kind {
        case .word("elseif"):
            try advance()
            return .elseIf
        case .word("else"): stop = .otherwise
        case .word("foreachelse"): stop = .foreachElse
        case .sign(.slash):
            try advance()
            if token.kind == .word("if") {
                stop = .endIf
            } else if token.kind == .word("foreach") {
                stop = .endForeach
            } else {
                throw fault("/\(token.words) ends nothing; there are <{/if}>, <{/foreach}> and <{/literal}>")
            }
        default: return nil
        }
        try advance()
        if stop == .otherwise, try take(.word("if")) { stop = .elseIf }
        if stop != .elseIf { try expectEnd() }
        return stop
    }

    private mutating func node(from start: Int) throws(TemplateFault) -> Node? {
        switch token.kind {
        case .word("if"): return try deeper { parser throws(TemplateFault) in try parser.choice(from: start) }
        case .word("foreach"): return try deeper { parser throws(TemplateFault) in try parser.loop(from: start) }
        case .word("literal"):
            try advance()
            try expectEnd()
            guard let text = source.take(before: "<{/literal}>"), source.take("<{/literal}>") else {
                throw source.fault("<{literal}> is not closed: write <{/literal}> behind it", at: start)
            }
            return .text(text)
        case .word(let name) where !["true", "false", "null"].contains(name):
            throw fault("\(name) is no tag; there are if, foreach, literal, and variables like $shop.name")
        default:
            let value = try value()
            let isRaw = try take(.word("nofilter"))
            try expectEnd("}>, a modifier like |upper, or nofilter")
            return .value(value, isRaw: isRaw)
        }
    }

    private mutating func choice(from start: Int) throws(TemplateFault) -> Node {
        try advance()
        var branches: [Node.Branch] = []
        var otherwise: [Node] = []
        var stop = Stop.elseIf
        while stop == .elseIf {
            let condition = try condition()
            try expectEnd("an operator such as == or and, or }>,")
            let (nodes, end) = try block()
            branches.append(.init(condition: condition, nodes: nodes))
            stop = end
        }
        if stop == .otherwise { (otherwise, stop) = try block() }
        guard stop == .endIf else {
            throw source.fault("<{if}> is not closed: write <{/if}>, but before \(stop.words)", at: start)
        }
        return .choice(branches, otherwise: otherwise)
    }
}
