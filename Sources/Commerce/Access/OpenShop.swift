package import Basics
package import Persistence
package import Resources

extension Shop {
    /// A new shop as whoever opens it describes it.
    package struct Opening: Sendable {
        package var name: String
        package var currency = "DKK"
        package var vatRate: Int64 = 2500
        package var pricesIncludeVAT = true
        package var timeZone = "Europe/Copenhagen"
        package var countryID = Country.denmark
        package var domains: [String] = []

        package init(name: String) {
            self.name = name
        }

        /// Puts the shop into a country.
        /// - Parameter rate: its VAT in hundredths of a percent; the country's standard rate where nil.
        package mutating func place(in iso: String, rate: Int64?, _ db: any Connection) throws {
            guard let country = try Country.named(iso, in: db) else {
                throw AccessFault.settings("country must be an ISO 3166 code of two letters, such as DK")
            }
            guard let rate = rate ?? country.vatRate?.hundredths else {
                throw AccessFault.settings("vat of \(country.name) is not known here: give it, 0 for none")
            }
            (countryID, vatRate) = (country.id.rawValue, rate)
        }

        fileprivate func shop(_ id: Int64) throws -> Shop {
            let shop = Shop(
                id: Identifier(id), name: name,
                domains: JSONText(JSON.array(domains.map { .string($0.lowercased()) }).serialized),
                currency: currency, vatRate: Percentage(hundredths: vatRate), pricesIncludeVAT: pricesIncludeVAT,
                timeZone: timeZone, countryID: countryID, origins: .emptyList, settings: JSONText("{}"))
            if let fault = try shop.faults.first {
                throw AccessFault.settings("\(fault.pointer.dropFirst()) \(fault.message)")
            }
            return shop
        }
    }

    /// Opens a shop and the sequence its order numbers come from, within a transaction of another shop or of nobody's.
    /// - Parameter name: the job or command that does it.
    package static func open(
        _ opening: Opening, in db: any Connection, publicURL: String, as name: String, now: Instant
    ) throws -> Tenant {
        let id = try db.newID(info.sequence)
        let shop = try opening.shop(id)
        try db.run(
            """
            INSERT INTO webshops (\(raw: info.columnList), version, created, last_modified)
            VALUES (\(SQL.list(schema.record(shop))), 1, \(now), \(now))
            """)
        try claim(try shop.domains.texts, for: id, in: db)
        try db.script(db.dialect.translated("CREATE SEQUENCE \(orderNumbers(of: id));"))
        guard let tenant = try tenant(id, in: db, publicURL: publicURL) else { throw AccessFault.noShop(id) }
        try Audit.noteCreated(shop, for: tenant, by: .job(name), requestID: name, in: db, at: now)
        return tenant
    }
}

extension Storage {
    /// Opens a shop, and does in the same transaction what is to be there from its first moment.
    /// - Returns: its id, and what `furnish` made.
    package func openShop<T: Sendable>(
        _ opening: Shop.Opening, publicURL: String, at now: @escaping @Sendable @autoclosure () -> Instant,
        _ furnish: @escaping @Sendable (Transaction) throws -> T = { _ in }
    ) async throws -> (shop: Int64, made: T) {
        try await transact(
            in: { db in try Shop.open(opening, in: db, publicURL: publicURL, as: "command", now: now()) }, at: now(),
            as: "command"
        ) { tx in
            for table in [Shop.info.table, Audit.table] { tx.markChanged(table) }
            return (tx.shop, try furnish(tx))
        }
    }

    /// Does what a command asks for in one transaction of a shop.
    package func transact<T: Sendable>(
        inShop shop: Int64, publicURL: String, at now: @escaping @Sendable @autoclosure () -> Instant,
        as name: String = "command", _ work: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let tenant = try await read { db in try Shop.tenant(shop, in: db, publicURL: publicURL) }
        guard let tenant else { throw AccessFault.noShop(shop) }
        return try await transact(in: tenant, at: now(), as: name, work)
    }
}
