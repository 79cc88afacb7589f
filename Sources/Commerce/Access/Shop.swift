import Basics
package import Persistence
package import Resources

/// One merchant's shop: how its prices, times and addresses are meant.
package struct Shop: Resource {
    package var id: Identifier<Shop>
    package var name: String
    package var domains: JSONText
    package var currency: String
    package var vatRate: Percentage
    package var pricesIncludeVAT: Bool
    package var timeZone: String
    package var countryID: Int64
    package var origins: JSONText
    package var settings: JSONText

    package static let schema = Schema(
        "shop", "shops", table: "webshops", Shop.init,
        Field("webshop_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255)),
        Field("domains", \.domains, .shape(.texts), .about("Host names of the shop.")),
        Field("currency", \.currency, .required, .length(3...3), .about("ISO 4217.")),
        Field(
            "vat_rate", \.vatRate, .range(0...10_000),
            .about("Percent; what holds in the shop's own country, whatever `country` says.")),
        Field("prices_include_vat", \.pricesIncludeVAT),
        Field("time_zone", \.timeZone, .required, .about("IANA name; the zone of every timestamp.")),
        Field("country_id", \.countryID, .references { Country.info }),
        Field("origins", \.origins, .shape(.texts), .about("Web origins that browsers may call from (CORS).")),
        Field(
            "settings", \.settings, .shape(.object),
            .about(
                """
                `oss`: 1 where orders to other EU countries carry their VAT (One Stop Shop). `mail_templates`: own words for \
                mails about the shop, `{"invitation": {"en": {"subject", "text", "html"}}}`.
                """)),
        verbs: [.read, .update], audited: true)

    package static func prepare(_ new: inout Shop, replacing old: Shop?, in tx: Transaction) throws {
        var errors = try new.faults
        if let old, old.currency != new.currency {
            try tx.standAlone()
            if try hasPrices(tx) {
                errors.append(.init("/currency", "in_use", "cannot change once there are prices or orders"))
            }
        }
        errors += try new.claimedOfServer(beside: old, in: tx)
        if !errors.isEmpty { throw Problem.invalid(errors) }
        new.domains = JSONText(JSON.array(try new.domains.texts.map { .string($0.lowercased()) }).serialized)
    }

    /// What is wrong with the settings as they stand.
    package var faults: [Problem.FieldError] {
        get throws {
            var errors: [Problem.FieldError] = []
            if Currency.of(currency) == nil {
                errors.append(.init("/currency", "currency", "must be an ISO 4217 code with at most two decimals"))
            }
            if Zone.named(timeZone) == nil {
                errors.append(.init("/time_zone", "time_zone", "must be an IANA zone such as Europe/Copenhagen"))
            }
            if try Self.isUnderOSS(settings) == nil { errors.append(.init("/settings/oss", "type", "must be 0 or 1")) }
            errors += try OwnWordings.faults(in: settings)
            for (index, domain) in try domains.texts.enumerated() where !HostName.isDomain(domain.lowercased()) {
                errors.append(.init("/domains/\(index)", "domain", "must be a host name such as shop.example.com"))
            }
            for (index, origin) in try origins.texts.enumerated() where !WebOrigin.isOne(origin) {
                errors.append(.init("/origins/\(index)", "origin", "must be like https://shop.example"))
            }
            return errors
        }
    }

    /// Domains that are the server's own address or below it. One shop that is alone there may have them; of several each
    /// could take what its neighbours' clients call, who would be refused there from then on.
    private func claimedOfServer(beside old: Shop?, in tx: Transaction) throws -> [Problem.FieldError] {
        let known = try old?.domains.texts ?? []
        let claimed = try domains.texts.enumerated().filter { _, domain in
            let name = domain.lowercased()
            return !known.contains(name) && HostName.isName(name, at: tx.tenant.serverHost)
        }
        guard !claimed.isEmpty,
            try tx.db.row("SELECT 1 FROM webshops WHERE webshop_id <> \(tx.shop) AND removed_on IS NULL LIMIT 1") != nil
        else { return [] }
        return claimed.map { index, _ in
            .init("/domains/\(index)", "domain_of_server", "is an address of this server, which all shops on it share")
        }
    }

    /// `settings.oss`: 0 where nothing is said; nil where it is no flag.
    private static func isUnderOSS(_ settings: JSONText) throws -> Bool? {
        if settings.text == "{}" { return false }
        guard case .object(let object) = try settings.json, let value = object["oss"], value != .null else {
            return false
        }
        return switch value {
        case .bool(let flag): flag
        case .number(let number) where (0...1).contains(number.integer?.int64 ?? -1): number.integer?.int64 == 1
        case .string("0"), .string("1"): value == "1"
        default: nil
        }
    }

    package static let followers: [Follower<Shop>] = [
        Follower(stored: { drafts, tx in
            for draft in drafts where draft.new.domains != draft.old?.domains {
                try claim(try draft.new.domains.texts, for: tx.shop, in: tx.db)
            }
        })
    ]

    /// Ties host names to a shop. One that is another's is 409, or a shop could lock others out of their address.
    static func claim(_ domains: [String], for shop: Int64, in db: any Connection) throws {
        try db.run("DELETE FROM webshop_domains WHERE webshop_id = \(shop)")
        for (index, domain) in domains.enumerated() {
            do {
                try db.run("INSERT INTO webshop_domains (domain, webshop_id) VALUES (\(domain), \(shop))")
            } catch StorageError.constraint(.unique, _) {
                throw Problem.conflict(
                    "domain_taken", "\(domain) belongs to another shop.",
                    errors: [.init("/domains/\(index)", "domain_taken", "belongs to another shop")])
            }
        }
    }

    /// Minor units of one currency are not those of another.
    private static func hasPrices(_ tx: Transaction) throws -> Bool {
        let row = try tx.db.row(
            """
            SELECT EXISTS (SELECT 1 FROM orders WHERE webshop_id = \(tx.shop))
                OR EXISTS (SELECT 1 FROM products WHERE webshop_id = \(tx.shop))
                OR EXISTS (SELECT 1 FROM shippings WHERE webshop_id = \(tx.shop)) AS found
            """)
        return try row.map { try $0["found"] } ?? false
    }

    // MARK: Tenant

    /// What a tenant is made from, of a table named `w`.
    static let tenantColumns = """
        w.webshop_id, w.name, w.domains, w.currency, w.vat_rate, w.prices_include_vat, w.time_zone, w.country_id, w.origins,
        w.settings
        """

    /// Reads the tenant out of those columns.
    static func tenant(_ row: Row, publicURL: String) throws -> Tenant {
        let id: Int64 = try row["webshop_id"]
        guard let currency = Currency.of(try row["currency"]), let zone = Zone.named(try row["time_zone"])
        else { throw StorageError.statement("shop \(id) has no known currency or time zone") }
        let domains = try JSONText(row["domains"]).texts
        return Tenant(
            webshopID: id, name: try row["name"], currency: currency, zone: zone,
            url: domains.first.map { "https://\($0)/" } ?? publicURL + "/", vatRate: try row["vat_rate"],
            pricesIncludeVAT: try row["prices_include_vat"], countryID: try row["country_id"],
            sellsUnderOSS: try isUnderOSS(JSONText(row["settings"])) ?? false, domains: domains,
            origins: try JSONText(row["origins"]).texts, serverHost: HostName.ofServer(publicURL))
    }

    /// The tenant of a shop, for commands that act on one.
    package static func tenant(_ id: Int64, in db: any Connection, publicURL: String) throws -> Tenant? {
        try db.row(
            "SELECT \(raw: tenantColumns) FROM webshops w WHERE w.webshop_id = \(id) AND w.removed_on IS NULL"
        ).map { try tenant($0, publicURL: publicURL) }
    }

    /// The sequence that the order numbers of a shop come from.
    static func orderNumbers(of shop: Int64) -> String { "order_numbers_\(shop)_seq" }

    // MARK: Routes

    package static let endpoints: [Endpoint] = [show, change(.put), change(.patch), me]

    private static let show = Endpoint(
        .get, "/REST/shop", .token(.read), "get_shop", "Shows the shop's settings.",
        Documentation(tag: "shop", answer: info.schemaReference),
        .read { call, storage in
            let rows = try await storage.fetch(
                "SELECT \(raw: info.plan.select) FROM webshops WHERE webshop_id = \(call.tenant.webshopID)")
            guard let row = rows.first else { throw Problem.notFound("shop") }
            var writer = JSONWriter()
            writer.object(0, of: RowPage(rows: rows), by: info.plan, for: call.tenant)
            return Answer(body: writer.bytes, version: try row.version(by: info.plan))
        })

    private static func change(_ method: Endpoint.Method) -> Endpoint {
        Endpoint(
            method, "/REST/shop", .token(.all), "\(method.rawValue.lowercased())_shop", "Changes the shop's settings.",
            info.writeDocumentation,
            .write { call, tx in try ResourceEndpoints<Shop>.update(.id(tx.shop), try call.object(), call, tx) })
    }

    private static let me = Endpoint(
        .get, "/REST/self", .token(.read), "get_self", "Who this token is: its shop, level, limits and usage.",
        Documentation(
            tag: "shop",
            answer: [
                "type": "object", "required": ["webshop_id", "name", "access_level"],
                "properties": [
                    "webshop_id": ["type": "integer"], "name": ["type": "string"], "url": ["type": "string"],
                    "currency": ["type": "string"], "vat_rate": ["type": "number"],
                    "prices_include_vat": ["type": "integer"], "token_id": ["type": "integer"],
                    "token_name": ["type": "string"], "access_level": ["type": "string"],
                    "daily_limit": ["type": ["integer", "null"]], "burst": ["type": "integer"],
                    "usage_today": ["type": "integer"],
                ],
            ]),
        .read { call, storage in
            let token = try call.token()
            let rows = try await storage.fetch(
                """
                SELECT daily_limit, burst, coalesce((SELECT u.calls FROM token_usage u WHERE u.webshop_id = t.webshop_id
                AND u.token_id = t.token_id AND u.day = \(call.now.day)), 0) AS usage_today FROM tokens t
                WHERE t.webshop_id = \(call.tenant.webshopID) AND t.token_id = \(token.tokenID)
                """)
            let tenant = call.tenant
            var rate = JSONWriter(capacity: 64)
            rate.decimal(tenant.vatRate, places: 2)
            guard let row = rows.first else { throw Problem.notFound("token") }
            let limit = (try row["daily_limit"] as Int64?).map { JSON.number(JSONNumber($0)) } ?? .null
            return .json([
                "webshop_id": .number(JSONNumber(tenant.webshopID)), "name": .string(tenant.name),
                "url": .string(tenant.url), "currency": .string(tenant.currency.code),
                "vat_rate": .number(JSONNumber(text: rate.text)),
                "prices_include_vat": tenant.pricesIncludeVAT ? 1 : 0,
                "token_id": .number(JSONNumber(token.tokenID)),
                "token_name": .string(token.tokenName),
                "access_level": .string(token.level.rawValue), "daily_limit": limit,
                "burst": .number(JSONNumber(try row["burst"] as Int64)),
                "usage_today": .number(JSONNumber(try row["usage_today"] as Int64)),
            ])
        })
}
