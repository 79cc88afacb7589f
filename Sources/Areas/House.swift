package import Commerce
import Exchange
package import Resources
package import Secrets

/// The whole of what the shops keep and clients can do: the list that routes, documentation, checks and tests go by.
package enum House {
    package static let areas = trades + [Feed.area(of: trades)]

    private static let trades = [
        Access.area, Users.area, OAuth.area, Webhooks.area, Apps.area, AuditTrail.area, Mails.area, Delivery.area,
        Payments.area, Customers.area, Catalog.area, Inventory.area, Sales.area, Content.area, Addresses.area,
        Search.area, Exchange.area,
    ]

    /// Every resource with plain routes, in the order of the documentation.
    package static let resources = areas.flatMap(\.resources)

    /// Every kind of object that appears in the documentation and in the database.
    package static let documented: [ResourceInfo] = areas.flatMap { $0.resources + $0.others }.map { $0.info }

    /// Every table of a resource, for the checks that compare declarations with the database.
    package static let stored = areas.flatMap { $0.resources + $0.others + $0.parts }

    package static let endpoints = areas.flatMap(\.actions) + areas.flatMap(\.plainEndpoints)

    /// What is done of itself, but for what needs more than the database.
    package static let jobs = areas.flatMap(\.jobs) + WriteDoor.jobs + [KeyUpkeep.job(of: resources)]

    /// All that is sealed at rest, but for what is kept of the keys themselves.
    package static let sealed = areas.flatMap(\.sealed)

    package static let doctor = Doctor(areas)
}
