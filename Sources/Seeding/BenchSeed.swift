package import Basics
import Commerce
package import Persistence
package import Resources

/// Many products, customers and orders, always the same, made in small transactions so that memory stays flat.
package struct BenchSeed: Sendable {
    private static let perTransaction = 1000
    package static let variantsMax = BenchRange.variantsMax

    private let storage: any Storage
    private let tenant: Tenant
    private let now: @Sendable () -> Instant
    private let progress: @Sendable (String, Int, Int) -> Void

    package init(
        into storage: any Storage, tenant: Tenant, now: @escaping @Sendable () -> Instant,
        progress: @escaping @Sendable (String, Int, Int) -> Void
    ) {
        self.storage = storage
        self.tenant = tenant
        self.now = now
        self.progress = progress
    }

    /// - Parameter variants: how many of each product, at most `variantsMax`; without, products are counted by themselves.
    package func addProducts(_ count: Int, variants: Int) async throws {
        let range = try await storage.transact(in: tenant, at: now(), as: "seed") { tx in
            try BenchRange(hasVariants: variants > 0, in: tx)
        }
        try await repeated("products", count) { numbers, tx in
            var described = try numbers.map { try range.product($0, variants: variants, tx) }
            try Product.storeParts(&described, isStrict: true, in: tx)
            let products = try tx.write(described.map { try $0.draft() }).map(\.id)
            let units =
                try variants == 0
                ? products.map { StockUnit($0) } : StockLedger.take(of: Set(products), in: tx).map(\.unit)
            try StockLedger.post(units.map { .init($0, by: 1_000_000, .import) }, in: tx)
        }
    }

    package func addCustomers(_ count: Int) async throws {
        try await repeated("customers", count) { numbers, tx in
            for number in numbers { try customer(number, tx) }
        }
    }

    /// Orders of three lines each, over the shop's products.
    package func addOrders(_ count: Int) async throws {
        let rows = try await storage.fetch(
            """
            SELECT product_id, nullif(stock_id, product_id) AS variant_id FROM stock_levels WHERE webshop_id = \(tenant.webshopID) AND removed_on IS NULL
            ORDER BY product_id, stock_id
            """)
        let units = try rows.map { try StockUnit($0) }
        guard !units.isEmpty else { return }
        try await repeated("orders", count) { numbers, tx in
            for number in numbers { try order(number, units, tx) }
        }
    }

    private func repeated(
        _ what: String, _ count: Int, _ make: @escaping @Sendable (Range<Int>, Transaction) throws -> Void
    ) async throws {
        for start in stride(from: 0, to: count, by: Self.perTransaction) {
            try Task.checkCancellation()
            let end = min(start + Self.perTransaction, count)
            try await storage.transact(in: tenant, at: now(), as: "seed") { try make(start..<end, $0) }
            // A plan made for an empty table would be kept while the table grows.
            if start == 0 { try await storage.learnStatistics() }
            progress(what, end, count)
        }
    }

    private func customer(_ number: Int, _ tx: Transaction) throws {
        var customer = try Customer.starting(try tx.newID(Customer.self))
        customer.name = "Customer \(number)"
        customer.email = "customer-\(number)@example.com"
        customer.address = "Street \(number % 200)"
        customer.zipcode = "\(1000 + number % 8999)"
        customer.city = "Town"
        try tx.insert(customer)
    }

    private func order(_ number: Int, _ units: [StockUnit], _ tx: Transaction) throws {
        let lines = (0..<3).map { line -> JSON in
            let unit = units[(number * 31 + line * 7919) % units.count]
            var wish = JSONObject([
                .init("product_id", .number(JSONNumber(unit.productID))), .init("amount", 1),
            ])
            if let variant = unit.variantID { wish.append("variant_id", .number(JSONNumber(variant))) }
            return .object(wish)
        }
        var body = JSONObject()
        body.append("products", .array(lines))
        body.append("email", .string("customer-\(number % 10_000)@example.com"))
        body.append("order_name", .string("Customer \(number % 10_000)"))
        try PlaceOrder.run(body, tx)
    }
}
