import Basics
package import Resources

/// Finds the endpoint of a method and a path: a tree of path segments, built once from the list of endpoints.
package struct Router: Sendable {
    package enum Match: Sendable {
        case endpoint(index: Int, parameters: [String])
        /// The path exists, but not with this method.
        /// - elsewhere: what else is said of them.
        case otherMethods([String], elsewhere: String?)
        case nothing
    }

    private final class Node: Sendable {
        let literals: [String: Node]
        let parameter: Node?
        /// Endpoint index by method, for whatever is left of the path.
        let rest: [String: Int]
        /// Endpoint index by method.
        let endpoints: [String: Int]

        init(_ endpoints: [(path: ArraySlice<Endpoint.Segment>, method: String, index: Int)]) {
            self.endpoints = Dictionary(
                endpoints.filter { $0.path.isEmpty }.map { ($0.method, $0.index) },
                uniquingKeysWith: { first, _ in first })
            var byWord: [String: [(path: ArraySlice<Endpoint.Segment>, method: String, index: Int)]] = [:]
            var byParameter: [(path: ArraySlice<Endpoint.Segment>, method: String, index: Int)] = []
            var rest: [String: Int] = [:]
            for endpoint in endpoints {
                switch endpoint.path.first {
                case .literal(let word):
                    byWord[word, default: []].append((endpoint.path.dropFirst(), endpoint.method, endpoint.index))
                case .parameter: byParameter.append((endpoint.path.dropFirst(), endpoint.method, endpoint.index))
                case .rest: rest[endpoint.method] = endpoint.index
                case nil: break
                }
            }
            self.rest = rest
            literals = byWord.mapValues { Node($0) }
            parameter = byParameter.isEmpty ? nil : Node(byParameter)
        }
    }

    package let endpoints: [Endpoint]
    private let root: Node

    /// - Parameter isReached: which of the endpoints there are here.
    package init(_ endpoints: [Endpoint], where isReached: (Endpoint) -> Bool = { _ in true }) {
        self.endpoints = endpoints
        root = Node(
            endpoints.enumerated().filter { isReached($1) }.map { ($1.path[...], $1.method.rawValue, $0) })
    }

    /// - Parameter path: without the query. Doubled slashes and any letter case of `REST` are accepted (CONTRACT 4).
    package func match(_ method: String, _ path: Substring) -> Match {
        var node = root
        var parameters: [String] = []
        var isFirst = true
        let segments = path.utf8.split(separator: UInt8(ascii: "/"))
        for (index, segment) in segments.enumerated() {
            if !node.rest.isEmpty { return match(method, node.rest, segments[index...], parameters) }
            var word = String(Substring(segment))
            if isFirst, word.utf8.count == 4, word.uppercased() == "REST" { word = "REST" }
            isFirst = false
            if let next = node.literals[word] {
                node = next
            } else if let next = node.parameter {
                guard let decoded = PercentEncoding.decode(segment, plusIsSpace: false) else { return .nothing }
                parameters.append(decoded)
                node = next
            } else {
                return .nothing
            }
        }
        if let index = node.endpoints[method == "HEAD" ? "GET" : method] {
            return .endpoint(index: index, parameters: parameters)
        }
        return node.endpoints.isEmpty ? .nothing : otherMethods(node.endpoints)
    }

    /// All that is left of the path is one parameter.
    private func match(
        _ method: String, _ endpoints: [String: Int], _ segments: ArraySlice<Substring.UTF8View.SubSequence>,
        _ parameters: [String]
    ) -> Match {
        guard let index = endpoints[method == "HEAD" ? "GET" : method] else {
            return otherMethods(endpoints)
        }
        let words = segments.compactMap { PercentEncoding.decode($0, plusIsSpace: false) }
        guard words.count == segments.count else { return .nothing }
        return .endpoint(index: index, parameters: parameters + [words.joined(separator: "/")])
    }

    private func otherMethods(_ known: [String: Int]) -> Match {
        let methods = known.keys.sorted()
        return .otherMethods(
            methods + (methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"],
            elsewhere: known.values.lazy.compactMap { endpoints[$0].elsewhere }.first)
    }
}
