import Basics

/// Shows a template with values, as long as its budget lasts.
struct TemplateRenderer {
    private(set) var output: [UInt8] = []
    private(set) var budget: TemplateBudget
    let zone: Zone
    private let values: JSONObject
    /// What loops call their items, the innermost last.
    private var items: [(name: String, value: JSON)] = []

    typealias Exhausted = TemplateBudget.Exhausted

    init(_ values: JSONObject, zone: Zone, budget: TemplateBudget) {
        (self.values, self.zone, self.budget) = (values, zone, budget)
    }

    mutating func render(_ nodes: [Node]) throws(Exhausted) {
        for node in nodes {
            switch node {
            case .text(let bytes): try put(bytes)
            case .value(let expression, let isRaw): try put(Array(try shown(expression, isRaw: isRaw).utf8))
            case .choice(let branches, let otherwise): try render(try chosen(of: branches) ?? otherwise)
            case .loop(let loop): try render(loop)
            }
        }
    }

    private mutating func put(_ bytes: [UInt8]) throws(Exhausted) {
        try budget.put(bytes.count)
        output += bytes
    }

    private mutating func shown(_ expression: Expression, isRaw: Bool) throws(Exhausted) -> String {
        let text = try value(expression).shown
        // What escape has made last is not escaped once more.
        if isRaw || expression.endsEscaped { return text }
        try budget.step(over: text.utf8.count)
        return text.htmlEscaped
    }

    private mutating func chosen(of branches: [Node.Branch]) throws(Exhausted) -> [Node]? {
        for branch in branches {
            try budget.step()
            if try value(branch.condition).isTrue { return branch.nodes }
        }
        return nil
    }

    private mutating func render(_ loop: Node.Loop) throws(Exhausted) {
        let entries = try value(loop.source).entries
        if entries.isEmpty { return try render(loop.otherwise) }
        let outer = items.count
        for (key, item) in entries {
            try budget.step()
            if let name = loop.key { items.append((name, key)) }
            items.append((loop.item, item))
            try render(loop.nodes)
            items.removeSubrange(outer...)
        }
    }

    // MARK: Values

    mutating func value(_ expression: Expression) throws(Exhausted) -> JSON {
        try budget.step()
        switch expression {
        case .literal(let value): return value
        case .variable(let path): return try lookUp(path)
        case .modified(let inner, let modifiers): return try modified(try value(inner), modifiers)
        case .not(let inner): return .bool(!(try value(inner).isTrue))
        case .all(let terms):
            for term in terms where !(try value(term).isTrue) { return false }
            return true
        case .any(let terms):
            for term in terms where try value(term).isTrue { return true }
            return false
        case .comparison(let left, let comparison, let right):
            let (left, right) = (try value(left), try value(right))
            try budget.step(over: min(left.weight, right.weight))
            return .bool(comparison.holds(left, right))
        }
    }

    private mutating func lookUp(_ path: [String]) throws(Exhausted) -> JSON {
        guard let first = path.first else { return .null }
        var value = items.last { $0.name == first }?.value ?? values[first] ?? .null
        for name in path.dropFirst() {
            try budget.step(over: value.memberCount)
            value = value.member(name)
        }
        return value
    }

    private mutating func modified(_ value: JSON, _ modifiers: [Modifier]) throws(Exhausted) -> JSON {
        var value = value
        for modifier in modifiers {
            var arguments: [JSON] = []
            for argument in modifier.arguments { arguments.append(try self.value(argument)) }
            try budget.step(over: value.weight)
            value = modifier.kind.change(value, arguments, zone: zone)
            try budget.admit(value.weight)
        }
        return value
    }
}

extension Expression {
    /// Whether the last thing done to it is to escape it.
    fileprivate var endsEscaped: Bool {
        if case .modified(_, let modifiers) = self { return modifiers.last?.kind == .escape }
        return false
    }
}

extension JSON {
    /// What a loop goes through: a list by place, an object by name, and a single value as a list of one.
    fileprivate var entries: [(key: JSON, item: JSON)] {
        switch self {
        case .null: []
        case .array(let items): items.enumerated().map { (.number(JSONNumber(Int64($0))), $1) }
        case .object(let object): object.members.map { (.string($0.name), $0.value) }
        case .bool, .number, .string: [(.number(JSONNumber(0)), self)]
        }
    }

    fileprivate func member(_ name: String) -> JSON {
        switch self {
        case .object(let object): return object[name] ?? .null
        case .array(let items):
            guard let index = WholeNumber(strict: name), items.indices.contains(Int(index.int64)) else { return .null }
            return items[Int(index.int64)]
        default: return .null
        }
    }

    fileprivate var memberCount: Int {
        switch self {
        case .object(let object): object.members.count
        default: 0
        }
    }

    /// Bytes that are looked at when it is.
    fileprivate var weight: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .number(let number): number.text.utf8.count
        case .array(let items): items.count
        case .object(let object): object.members.count
        case .null, .bool: 0
        }
    }
}
