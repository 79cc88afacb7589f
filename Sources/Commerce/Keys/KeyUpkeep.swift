package import Basics
package import Persistence
package import Resources

/// Brings keys that were stored before into the one form of keys, through the rules and with the events of every change.
/// Page by page, each in its transaction: what was interrupted is done again from its beginning and finds less to do.
package enum KeyUpkeep {
    /// The form of keys. Raised with every change of `String.asKey`.
    static let version = "2"
    private static let perPage = 500

    /// Goes on where `butik migrate` was interrupted.
    /// - Parameter resources: all there are with plain routes.
    package static func job(of resources: [any Resource.Type]) -> Job {
        Job("bring keys into form", every: 60) { context in
            try await run(of: resources, in: context.storage, publicURL: context.publicURL, at: context.now) {
                context.warn("\($0)")
            }
        }
    }

    /// Does what is to do; nothing, with one question, where it has been done.
    /// - Parameters:
    ///   - resources: all there are with plain routes.
    ///   - now: the clock, read for each page: who polls has seen rows of earlier times.
    ///   - tell: told of each row that was given another key.
    package static func run(
        of resources: [any Resource.Type], in storage: any Storage, publicURL: String,
        at now: @escaping @Sendable @autoclosure () -> Instant, tell: @escaping @Sendable (RenamedKey) -> Void
    ) async throws {
        guard try await !isDone(in: storage) else { return }
        for row in try await storage.fetch(
            "SELECT webshop_id FROM webshops WHERE removed_on IS NULL ORDER BY webshop_id")
        {
            let shop: Int64 = try row["webshop_id"]
            guard let tenant = try await storage.read({ try Shop.tenant(shop, in: $0, publicURL: publicURL) }) else {
                continue
            }
            // Variants are brought along with their products.
            for resource in resources
            where resource.info.fields.contains(where: \.isKey) && resource.info.table != ProductVariant.info.table {
                try await bring(resource, resource.info, of: tenant, in: storage, at: now(), tell)
            }
            try await bring(
                Product.self, ProductVariant.info, owner: "product_id", of: tenant, in: storage, at: now(), tell)
            try await bring(PartKeys.groupPrices(atMost: perPage), of: tenant, in: storage, at: now())
            for owner in resources where Images.isShown(by: owner.info) {
                try await bringPictures(of: owner, tenant, in: storage, at: now())
            }
        }
        try await storage.write { db in
            _ = try db.run(
                """
                INSERT INTO server_facts (name, value) VALUES ('keys', \(version))
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """)
        }
    }

    private static func isDone(in storage: any Storage) async throws -> Bool {
        let fact = try await storage.fetch("SELECT value FROM server_facts WHERE name = 'keys'").first
        return try fact.map { try $0["value"] } == version
    }

    /// - Parameters:
    ///   - info: what has the keys.
    ///   - owner: the column that names what is written, where the keys are a part of that.
    private static func bring<R: Resource>(
        _: R.Type, _ info: ResourceInfo, owner: String? = nil, of tenant: Tenant, in storage: any Storage,
        at now: @escaping @Sendable @autoclosure () -> Instant, _ tell: @escaping @Sendable (RenamedKey) -> Void
    ) async throws {
        var last: Int64 = 0
        while true {
            let rows = try await storage.fetch(
                StoredKey.page(info, owner: owner, of: tenant.webshopID, after: last, atMost: perPage))
            guard let end = rows.last else { return }
            last = try end["id"]
            let owners = Set(try StoredKey.found(in: rows, info).map(\.owner)).sorted()
            guard !owners.isEmpty else { continue }
            let renamed = try await storage.transact(in: tenant, at: now(), as: "keys") { tx in
                try KeyChange<R>(info, owner: owner ?? info.key, in: tx).write(owners)
            }
            renamed.forEach(tell)
        }
    }

    private static func bring<Owner: Resource>(
        _ keys: PartKeys<Owner>, of tenant: Tenant, in storage: any Storage,
        at now: @escaping @Sendable @autoclosure () -> Instant
    ) async throws {
        var last: Int64 = 0
        while let (parts, end) = try await keys.next(after: last, of: tenant, in: storage) {
            last = end
            guard !parts.isEmpty else { continue }
            try await storage.transact(in: tenant, at: now(), as: "keys") { tx in try keys.change(parts, in: tx) }
        }
    }

    private static func bringPictures<Owner: Resource>(
        of _: Owner.Type, _ tenant: Tenant, in storage: any Storage,
        at now: @escaping @Sendable @autoclosure () -> Instant
    ) async throws {
        try await bring(PartKeys<Owner>.pictures(atMost: perPage), of: tenant, in: storage, at: now())
    }
}
