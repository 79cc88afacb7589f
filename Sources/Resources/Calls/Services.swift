/// What a server has beside its database, such as its media folder: one of each type, for the endpoints that work with it.
/// It comes with the call, so that the list of endpoints is the same for every server.
package struct Services: Sendable {
    private var each: [ObjectIdentifier: any Sendable] = [:]

    package init() {}

    /// A mistake of ours: an endpoint asks for what its server was not given.
    package struct Missing: Error {
        package let service: String
    }

    package mutating func add<Service: Sendable>(_ service: Service) {
        each[ObjectIdentifier(Service.self)] = service
    }

    /// - Throws: `Missing` where the server has none.
    package func get<Service: Sendable>(_: Service.Type = Service.self) throws -> Service {
        guard let service = each[ObjectIdentifier(Service.self)] as? Service else {
            throw Missing(service: "\(Service.self)")
        }
        return service
    }
}
