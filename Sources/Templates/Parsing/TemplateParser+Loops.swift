extension TemplateParser {
    private static let form =
        "foreach is written <{foreach $list as $item}>, <{foreach $list as $key => $item}> or "
        + "<{foreach from=$list item=name key=name}>"

    /// A loop, behind its `<{`.
    mutating func loop(from start: Int) throws(TemplateFault) -> Node {
        try advance()
        let (source, key, item) = isWrittenOut() ? try attributes() : try names()
        try expectEnd()
        var (nodes, stop) = try block()
        var otherwise: [Node] = []
        if stop == .foreachElse { (otherwise, stop) = try block() }
        guard stop == .endForeach else {
            throw self.source.fault(
                "<{foreach}> is not closed: write <{/foreach}>, but before \(stop.words)", at: start)
        }
        return .loop(.init(source: source, key: key, item: item, nodes: nodes, otherwise: otherwise))
    }

    private func isWrittenOut() -> Bool {
        if case .word(let name) = token.kind { return ["from", "item", "key"].contains(name) }
        return false
    }

    /// `$list as $key => $item`
    private mutating func names() throws(TemplateFault) -> (Expression, key: String?, item: String) {
        let source = try value()
        guard try take(.word("as")) else { throw fault(Self.form) }
        let first = try variable()
        guard try take(.sign(.arrow)) else { return (source, nil, first) }
        return (source, first, try variable())
    }

    private mutating func variable() throws(TemplateFault) -> String {
        guard case .variable(let path) = token.kind, path.count == 1 else { throw fault(Self.form) }
        try advance()
        return path[0]
    }

    /// `from=$list item=name key=name`, in any order.
    private mutating func attributes() throws(TemplateFault) -> (Expression, key: String?, item: String) {
        var (source, key, item): (Expression?, String?, String?) = (nil, nil, nil)
        while case .word(let name) = token.kind {
            try advance()
            guard try take(.sign(.assign)) else { throw fault(Self.form) }
            switch name {
            case "from" where source == nil: source = try value()
            case "item" where item == nil: item = try attributeName()
            case "key" where key == nil: key = try attributeName()
            default: throw fault(Self.form)
            }
        }
        guard let source, let item else { throw fault(Self.form) }
        return (source, key, item)
    }

    private mutating func attributeName() throws(TemplateFault) -> String {
        switch token.kind {
        case .word(let name), .text(let name):
            try advance()
            return name
        default: throw fault(Self.form)
        }
    }
}
