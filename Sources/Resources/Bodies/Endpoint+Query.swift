import Basics
package import Persistence

extension Endpoint {
    /// A read whose parameters are declared: they are read, and described, as the members of a body are.
    package init<B: Body>(
        _ method: Method, _ path: String, _ access: Access, _ name: String, _ summary: String,
        _ documentation: Documentation, asks: B.Type,
        _ work: @escaping @Sendable (B, Call, any Storage) async throws -> Answer
    ) {
        var documentation = documentation
        documentation.query += B.info.parameters
        self.init(
            method, path, access, name, summary, documentation,
            .read { call, storage in try await work(call.readQuery(B.self), call, storage) })
        self.asks = B.info
    }
}

extension Call {
    /// The parameters as they are declared; throws all that is wrong with them.
    package func readQuery<B: Body>(_: B.Type) throws -> B {
        let object = JSONObject(query.items.map { .init($0.name, .string($0.value)) })
        do {
            return try B(object, for: tenant, isStrict: preferences.isStrict)
        } catch let problem as Problem {
            throw Problem.invalid(problem.errors.map { .init("?" + $0.pointer.dropFirst(), $0.code, $0.message) })
        }
    }
}
