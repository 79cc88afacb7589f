import Areas
import Resources

/// What tools reach: the API's own endpoints, by what is done and to which resource, and those that are tools of their own.
struct Toolbox: Sendable {
    /// What is done to any resource, each by one tool.
    enum Verb: String, Sendable, CaseIterable {
        case search, list, get, create, update, delete
    }

    static let shared = Toolbox(House.endpoints)

    private(set) var plain: [Verb: [String: Endpoint]] = [:]
    /// By their names.
    private(set) var actions: [Endpoint] = []

    private init(_ endpoints: [Endpoint]) {
        for endpoint in endpoints where endpoint.isForTools {
            if let verb = endpoint.verb {
                plain[verb, default: [:]][endpoint.noun] = endpoint
            } else if endpoint.isWrite {
                actions.append(endpoint)
            }
        }
        actions.sort { $0.name < $1.name }
    }

    /// The endpoint of a resource for whoever has a level.
    /// - Throws: what a client is told where there is none, or it is not theirs.
    func endpoint(_ verb: Verb, _ noun: String, upTo level: AccessLevel) throws -> Endpoint {
        guard let endpoint = plain[verb]?[noun] else {
            let verbs = verbs(of: noun, upTo: level).map(\.rawValue)
            throw Problem.invalid(
                "/resource", "unknown",
                verbs.isEmpty
                    ? "is none; describe lists what there is"
                    : "cannot be used with \(verb); with: " + verbs.joined(separator: ", "))
        }
        try endpoint.require(level)
        return endpoint
    }

    /// What somebody of a level can do with a resource.
    func verbs(of noun: String, upTo level: AccessLevel) -> [Verb] {
        Verb.allCases.filter { verb in
            if let endpoint = plain[verb]?[noun] { return endpoint.isOpen(to: level) }
            guard verb == .search, ResourceInfo.named(noun)?.isSearched == true else { return false }
            return plain[.list]?[noun]?.isOpen(to: level) ?? false
        }
    }

    /// The resources that somebody of a level can do anything with.
    func nouns(upTo level: AccessLevel) -> [String] {
        Set(plain.values.flatMap(\.values).filter { $0.isOpen(to: level) }.map(\.noun)).sorted()
    }

    /// The actions on a resource that somebody of a level can do.
    func actions(on noun: String, upTo level: AccessLevel) -> [Endpoint] {
        actions.filter { $0.isOpen(to: level) && $0.noun.split(separator: "/").first == noun[...] }
    }
}

extension Endpoint {
    /// The level of the token that it needs; nil where tokens do not come.
    var level: AccessLevel? { if case .token(let level) = access { level } else { nil } }

    func isOpen(to level: AccessLevel) -> Bool { self.level.map { $0 <= level } ?? false }

    func require(_ level: AccessLevel) throws {
        guard let needed = self.level, needed > level else { return }
        throw Problem.level(needed, isMoreThan: level)
    }

    /// `order/label` of `/REST/order/{order_id}/label`; of a search, what is searched.
    var noun: String {
        let words = path.dropFirst().compactMap { if case .literal(let word) = $0 { word } else { nil } }
        return (verb == .search ? words.dropLast() : words[...]).joined(separator: "/")
    }

    /// Which of the verbs it is; nil for an action of its own.
    fileprivate var verb: Toolbox.Verb? {
        let word = name.prefix { $0 != "_" }
        return switch method {
        case .get where word == "search": .search
        case .get where parameters.isEmpty && documentation.query.contains { $0.name == "after" }: .list
        case .get: .get
        case .post where word == "create" || word == "add": .create
        case .put: .update
        case .delete where word == "delete": .delete
        default: nil
        }
    }

    /// Whether it takes and answers JSON, one thing at a time: no files, exports and batches, and nothing twice.
    fileprivate var isForTools: Bool {
        guard level != nil, method != .patch, path.count > 1, path.last != .literal("batch") else { return false }
        return !takesBytes && documentation.contentType == "application/json"
            && documentation.bodyTypes.contains("application/json")
    }

    /// What its path leaves open.
    var parameters: [String] {
        path.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }
}
