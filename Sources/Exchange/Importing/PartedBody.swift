import Basics
import Resources

/// A body that can do without parts that are bad, so that they do not take the good ones with them: rows of its variants and
/// pictures, and counts of its stock.
struct PartedBody {
    private static let lists = ["stock_settings", "images"]

    private(set) var body: JSONObject
    /// What is wrong with the parts that were left out, pointing into the body as it came.
    private(set) var leftOut: [Problem.FieldError] = []
    /// Where the elements of each list stood in the body as it came.
    private var places: [String: [Int]]

    init(_ body: JSONObject) {
        self.body = body
        places = Self.lists.reduce(into: [:]) { $0[$1] = Array(body.list($1).indices) }
    }

    /// Whether parts of a list were left out, so that it does not say all there is.
    func lacks(_ list: String) -> Bool { leftOut.contains { $0.pointer.hasPrefix("/\(list)/") } }

    /// Changes the body, which keeps the order of its lists, without the parts for which that cannot be done.
    /// - Returns: what is wrong with more than parts.
    mutating func change(_ changed: (JSONObject) throws -> JSONObject) throws -> Problem? {
        while true {
            do {
                body = try changed(body)
                return nil
            } catch let problem as Problem {
                guard leaveOut(problem) else { return problem }
            }
        }
    }

    private enum Part: Hashable {
        case count
        case countOfVariant(Int)
        case element(String, Int)
    }

    /// Leaves out the parts that a problem is about.
    /// - Returns: false, and nothing is changed, where it is about more than parts.
    mutating func leaveOut(_ problem: Problem) -> Bool {
        let parts = problem.errors.compactMap { part(at: $0.pointer) }
        guard !parts.isEmpty, parts.count == problem.errors.count else { return false }
        leftOut += problem.errors.map { .init(original($0.pointer), $0.code, $0.message) }
        remove(Set(parts))
        return true
    }

    private func part(at pointer: String) -> Part? {
        let path = pointer.split(separator: "/")
        if path == ["stock"] { return body["stock"] == nil ? nil : .count }
        guard path.count > 1, let index = Int(path[1]), let places = places[String(path[0])],
            places.indices.contains(index)
        else { return nil }
        if path[0] == "stock_settings", path.dropFirst(2) == ["stock"] { return .countOfVariant(index) }
        return .element(String(path[0]), index)
    }

    /// The pointer into the body as it came.
    private func original(_ pointer: String) -> String {
        let path = pointer.split(separator: "/").map(String.init)
        guard path.count > 1, let index = Int(path[1]), let places = places[path[0]], places.indices.contains(index)
        else { return pointer }
        return "/" + ([path[0], String(places[index])] + path.dropFirst(2)).joined(separator: "/")
    }

    private mutating func remove(_ parts: Set<Part>) {
        var left = JSONObject()
        for member in body.members where !(member.name == "stock" && parts.contains(.count)) {
            guard places[member.name] != nil, case .array(let elements) = member.value else {
                left.append(member.name, member.value)
                continue
            }
            let kept = elements.indices.filter { !parts.contains(.element(member.name, $0)) }
            let rows = kept.map { index -> JSON in
                guard parts.contains(.countOfVariant(index)), case .object(let row) = elements[index] else {
                    return elements[index]
                }
                return .object(row.without(["stock"]))
            }
            left.append(member.name, .array(rows))
            places[member.name] = kept.compactMap { index in
                places[member.name].flatMap { $0.indices.contains(index) ? $0[index] : nil }
            }
        }
        body = left
    }
}
