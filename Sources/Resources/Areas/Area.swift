package import Secrets

/// A part of the shop's business: what it keeps, what clients can do there, what happens there of itself, what must add up. The server is a list of these.
package struct Area: Sendable {
    package let name: String
    /// What has the plain routes, in the order of the documentation.
    package let resources: [any Resource.Type]
    /// What is documented and has routes of its own only, such as the shop itself.
    package let others: [any Resource.Type]
    /// Tables whose rows are part of other objects.
    package let parts: [any Resource.Type]
    /// What clients can do beside the plain routes.
    package let actions: [Endpoint]
    /// What the server does there of itself.
    package let jobs: [Job]
    package let checks: [Check]
    /// Where it keeps what is secret.
    package let sealed: [SealedColumn]

    package init(
        _ name: String, resources: [any Resource.Type] = [], others: [any Resource.Type] = [],
        parts: [any Resource.Type] = [], actions: [Endpoint] = [], jobs: [Job] = [], checks: [Check] = [],
        sealed: [SealedColumn] = []
    ) {
        self.name = name
        self.resources = resources
        self.others = others
        self.parts = parts
        self.actions = actions
        self.jobs = jobs
        self.checks = checks
        self.sealed = sealed
    }

    /// The five plain routes of each resource.
    package var plainEndpoints: [Endpoint] { resources.flatMap { Self.plain($0) } }

    private static func plain<R: Resource>(_: R.Type) -> [Endpoint] { ResourceEndpoints(R.self).all }
}
