package import Basics
import Commerce
package import Persistence
package import Resources

/// The demo shops beside their imported catalogues: a range in variants, customers, ways to deliver and pay, orders in every
/// status.
package struct DemoSeed: Sendable {
    private let storage: any Storage
    private let now: @Sendable () -> Instant

    package static let email = "merchant@example.com"

    package init(into storage: any Storage, now: @escaping @Sendable () -> Instant) {
        self.storage = storage
        self.now = now
    }

    /// The demo's two shops, and whether they had to be opened.
    package struct Shops: Sendable {
        package let first: Int64
        package let second: Int64
        package let areNew: Bool
    }

    /// Opens the two shops, or finds them by the demo's user. A database with shops of somebody else's is left alone.
    package func openShops(passwordHash: String, publicURL: String) async throws -> Shops {
        let known = try await storage.fetch(
            """
            SELECT s.webshop_id FROM users u JOIN webshop_users s ON s.user_id = u.user_id
            WHERE u.email = \(Self.email) ORDER BY s.webshop_id
            """
        ).map { try $0["webshop_id"] as Int64 }
        if known.count >= 2 { return Shops(first: known[0], second: known[1], areNew: false) }
        guard try await storage.fetch("SELECT 1 FROM webshops LIMIT 1").isEmpty else {
            throw AccessFault.settings("there are shops in this database already; the demo wants one of its own")
        }
        let (first, second) = try await storage.openShop(
            .init(name: "Demo butik"), publicURL: publicURL, at: now()
        ) { [self] tx in
            let second = try Shop.open(
                try abroad(tx.db), in: tx.db, publicURL: publicURL, as: "seed", now: tx.now
            ).webshopID
            _ = try User.add(
                Self.email, name: "Merchant", hash: passwordHash, shops: [tx.shop, second],
                by: Doer(.job("seed"), requestID: "seed", now: tx.now), in: tx.db)
            return second
        }
        return Shops(first: first, second: second, areNew: true)
    }

    private func abroad(_ db: any Connection) throws -> Shop.Opening {
        var shop = Shop.Opening(name: "Second shop")
        shop.currency = "EUR"
        shop.timeZone = "Europe/Berlin"
        try shop.place(in: "DE", rate: nil, db)
        return shop
    }

    /// Fills a shop with what surrounds its catalogue. Does nothing where that was done before.
    package func furnish(_ tenant: Tenant) async throws {
        try await storage.transact(in: tenant, at: now(), as: "seed") { [self] tx in
            let isDone = try tx.db.row("SELECT 1 FROM shippings WHERE webshop_id = \(tx.shop) LIMIT 1") != nil
            if isDone { return }
            let shipping = try deliveries(tx)
            let gateway = try gateways(tx)
            _ = try supplier(tx)
            try DemoRange(tx).add()
            let customers = try (0..<Self.people.count).map { try customer($0, tx) }
            try orders(tx, customers, shipping, gateway)
        }
    }

    private static let people = [
        ("Anna Jensen", "Aarhus", "8000"), ("Bo Nielsen", "Odense", "5000"), ("Clara Holm", "Aalborg", "9000"),
        ("David Lund", "Roskilde", "4000"), ("Eva Møller", "Esbjerg", "6700"), ("Frederik Bach", "Randers", "8900"),
        ("Gry Sørensen", "Kolding", "6000"), ("Hans Kjær", "Horsens", "8700"), ("Ida Krogh", "Vejle", "7100"),
        ("Jonas Friis", "Herning", "7400"), ("Karen Ågård", "Svendborg", "5700"), ("Lars Dam", "København", "2100"),
    ]

    private func deliveries(_ tx: Transaction) throws -> Int64 {
        let parcel = try tx.make(ShippingMethod.self) {
            ($0.name, $0.price, $0.freeAbove) = ("Parcel shop", Amount(3900), Amount(49900))
            ($0.countries, $0.isActive, $0.weight) = (.list([Country.denmark]), true, 10)
        }
        try tx.make(ShippingMethod.self) {
            ($0.name, $0.price, $0.freeAbove) = ("To the door", Amount(5900), Amount(79900))
            ($0.prices, $0.isActive, $0.weight) = (JSONText(#"[{"weight_from":10,"price":129}]"#), true, 20)
        }
        return parcel
    }

    private func gateways(_ tx: Transaction) throws -> Int64 {
        let kinds: [(String, PaymentGateway.Kind)] = [("Bank transfer", .manual), ("Invoice", .invoice)]
        var first: Int64 = 0
        for (index, kind) in kinds.enumerated() {
            let id = try tx.make(
                PaymentGateway.self,
                [
                    "name": .string(kind.0), "type": .string(kind.1.rawValue), "is_active": 1,
                    "weight": .number(JSONNumber(Int64(index + 1) * 10)),
                ])
            if first == 0 { first = id }
        }
        return first
    }

    private func supplier(_ tx: Transaction) throws -> Int64 {
        try tx.make(Supplier.self) { $0.name = "Nordic Wholesale" }
    }

    private func customer(_ index: Int, _ tx: Transaction) throws -> Int64 {
        let person = Self.people[index]
        var customer = try Customer.starting(try tx.newID(Customer.self))
        customer.name = person.0
        customer.email = "\(Slug.of(person.0).split(separator: "-").joined(separator: "."))@example.com"
        customer.address = "Storegade \(index + 1)"
        customer.city = person.1
        customer.zipcode = person.2
        return try tx.insert(customer).id
    }

    /// Orders in every status an order can be given: paid and unpaid, with one and with several lines.
    private func orders(_ tx: Transaction, _ customers: [Int64], _ shipping: Int64, _ gateway: Int64) throws {
        let rows = try tx.db.rows(
            """
            SELECT product_id FROM stock_levels WHERE webshop_id = \(tx.shop) AND stock_id = product_id AND count >= 10
            ORDER BY product_id LIMIT 60
            """)
        let products = try rows.integers("product_id")
        guard products.count >= 3 else { return }
        let statuses: [OrderStatus] = [.new, .inprocess, .pending, .ready, .sent, .cancelled]
        for index in 0..<24 {
            let status = statuses[index % statuses.count]
            let lines = (0...index % 3).map { line -> JSON in
                let product = products[(index * 5 + line * 7) % products.count]
                return ["product_id": .number(JSONNumber(product)), "amount": .number(JSONNumber(Int64(line % 2 + 1)))]
            }
            let order = try PlaceOrder.run(
                JSONObject([
                    .init("products", .array(lines)),
                    .init("customer_id", .number(JSONNumber(customers[index % customers.count]))),
                    .init("shipping_id", .number(JSONNumber(shipping))),
                    .init("payment_gateway_id", .number(JSONNumber(gateway))),
                    .init("paid", index % 2 == 0 && status != .cancelled ? 1 : 0),
                ]), tx)
            guard status != .new else { continue }
            try ChangeOrder.run(
                order.id, JSONObject([.init("status", .string(status.rawValue))]), tx)
        }
    }
}
