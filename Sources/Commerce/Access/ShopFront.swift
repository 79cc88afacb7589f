package import Basics
package import Persistence
import Resources

/// Opening shops, users and tokens from the command line and from seeds.
package enum ShopFront {
    package enum Fault: Error, CustomStringConvertible {
        case noShop(Int64)
        case emailTaken(String)
        case email(String)
        case settings(String)

        package var description: String {
            switch self {
            case .noShop(let id): "there is no shop \(id)"
            case .emailTaken(let email): "there is already a user \(email)"
            case .email(let text): "\(text) is not an e-mail address"
            case .settings(let text): text
            }
        }
    }

    /// The shop's settings as a command names them.
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
                throw Fault.settings("country must be an ISO 3166 code of two letters, such as DK")
            }
            guard let rate = rate ?? country.vatRate?.hundredths else {
                throw Fault.settings("vat of \(country.name) is not known here: give it, 0 for none")
            }
            (countryID, vatRate) = (country.id.rawValue, rate)
        }
    }

    /// Opens a shop and answers its id.
    package static func open(_ opening: Opening, in db: any Connection, now: Instant) throws -> Int64 {
        let id = try db.newID("webshops_seq")
        let shop = Shop(
            id: Identifier(id), name: opening.name, domains: JSONText(list(opening.domains)),
            currency: opening.currency, vatRate: Percentage(hundredths: opening.vatRate),
            pricesIncludeVAT: opening.pricesIncludeVAT, timeZone: opening.timeZone, countryID: opening.countryID,
            origins: .emptyList, settings: JSONText("{}"))
        if let fault = shop.faults.first { throw Fault.settings("\(fault.pointer.dropFirst()) \(fault.message)") }
        try Shop.open(shop, in: db, now: now)
        return id
    }

    private static func list(_ texts: [String]) -> String {
        JSON.array(texts.map { .string($0.lowercased()) }).serialized
    }

    /// Makes a user who can look after the given shops.
    /// - Parameter hash: of the password, made before, because that takes long.
    package static func addUser(
        _ email: String, name: String, hash: String, shops: [Int64], in db: any Connection, now: Instant
    ) throws -> Int64 {
        let email = email.asKey
        guard EmailAddress.isPlausible(email) else { throw Fault.email(email) }
        let id = try db.newID("users_seq")
        do {
            try db.run(
                """
                INSERT INTO users (user_id, email, name, password_hash, created)
                VALUES (\(id), \(email.lowercased()), \(name), \(hash), \(now))
                """)
        } catch StorageError.constraint(.unique, _) {
            throw Fault.emailTaken(email)
        }
        for shop in shops {
            let isThere = try db.row("SELECT 1 FROM webshops WHERE webshop_id = \(shop) AND removed_on IS NULL") != nil
            guard isThere else { throw Fault.noShop(shop) }
            try db.run("INSERT INTO webshop_users (webshop_id, user_id) VALUES (\(shop), \(id))")
        }
        return id
    }

    /// Makes a token of a shop and answers its text, the only time it is seen.
    package static func addToken(
        _ name: String, level: Token.Level, format: TokenText.Format = .butik,
        dailyLimit: Int64? = Token.dailyLimitDefault, shop: Int64, publicURL: String, in db: any Connection,
        now: @escaping @autoclosure () -> Instant
    ) throws -> TokenText {
        guard let tenant = try Shop.tenant(shop, in: db, publicURL: publicURL) else { throw Fault.noShop(shop) }
        let tx = Transaction(db, tenant: tenant, now: now(), requestID: "command")
        let text = TokenText(.personal, format: format)
        let token = Token(
            id: try tx.newID(Token.self), name: name, accessLevel: level, prefix: text.prefix, lastFour: text.lastFour,
            dailyLimit: dailyLimit, burst: Token.burstDefault, origins: .emptyList, ipList: .emptyList, lastUsed: nil,
            expires: nil, isOAuth: false)
        _ = try Token.issue(token, as: text, in: tx)
        try tx.flushEvents()
        return text
    }

    /// Revokes a token for good.
    package static func revokeToken(
        _ id: Int64, shop: Int64, publicURL: String, in db: any Connection, now: @escaping @autoclosure () -> Instant
    ) throws {
        guard let tenant = try Shop.tenant(shop, in: db, publicURL: publicURL) else { throw Fault.noShop(shop) }
        let tx = Transaction(db, tenant: tenant, now: now(), requestID: "command")
        try tx.remove(try tx.take(Token.self, id))
        try tx.flushEvents()
    }
}
