import Areas
import Basics
import Persistence
package import Resources

/// What the people who run the server ask of it, and the documentation it serves about itself.
package enum OperationsEndpoints {
    package static let all: [Endpoint] = {
        let index = resources(House.endpoints.filter { $0.path.first == .literal("REST") && $0.access != .app })
        return [
            Endpoint(
                .get, "/livez", .open, "livez", "The process is alive.", plainText,
                .plain { _ in text("ok\n") }),
            Endpoint(
                .get, "/readyz", .open, "readyz", "The database answers.", plainText,
                .read { _, storage in
                    _ = try await storage.fetch("SELECT 1")
                    return text("ok\n")
                }),
            Endpoint(
                .get, "/metrics", .open, "metrics", "Counters in Prometheus' text format.", plainText,
                .plain { call in text(try call.services.get(Metrics.self).text) }),
            Endpoint(
                .get, "/openapi.json", .open, "openapi", "This document.", Documentation(answer: ["type": "object"]),
                .plain { call in Answer(body: try call.services.get(OpenAPIText.self).bytes) }),
            Endpoint(
                .get, "/REST", .open, "index", "Lists the resources.", Documentation(answer: ["type": "object"]),
                .plain { _ in Answer(body: index, isTagged: false) }),
        ]
    }()

    private static let plainText = Documentation(answer: ["type": "string"], contentType: "text/plain; charset=utf-8")

    private static func text(_ text: String) -> Answer {
        Answer(contentType: "text/plain; charset=utf-8", body: Array(text.utf8), isTagged: false)
    }

    /// `{"resources":[{"name":"product","href":"/REST/product","methods":["GET","POST"]},…]}`
    private static func resources(_ endpoints: [Endpoint]) -> [UInt8] {
        var methods: [String: [JSON]] = [:]
        for endpoint in endpoints where endpoint.path.count == 2 {
            if case .literal(let name) = endpoint.path[1] {
                methods[name, default: []].append(.string(endpoint.method.rawValue))
            }
        }
        let resources = methods.sorted { $0.key < $1.key }.map { name, methods -> JSON in
            ["name": .string(name), "href": .string("/REST/" + name), "methods": .array(methods)]
        }
        return (["resources": .array(resources)] as JSON).bytes
    }
}
