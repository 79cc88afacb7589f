package import Persistence
package import Resources

/// Many products, customers and orders, always the same, made in small transactions so that memory stays flat.
package struct BenchSeed: Sendable {
    private static let perTransaction = 500
    private static let brandCount = 50
    private static let categoryCount = 100

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

    package func addProducts(_ count: Int) async throws {
        let (brands, categories) = try await groups()
        try await repeated("products", count) { number, tx in
            try product(number, brands, categories, tx)
        }
    }

    package func addCustomers(_ count: Int) async throws {
        try await repeated("customers", count) { number, tx in try customer(number, tx) }
    }

    /// Orders of three lines each, over the shop's products.
    package func addOrders(_ count: Int) async throws {
        let rows = try await storage.fetch(
            "SELECT product_id FROM products WHERE webshop_id = \(tenant.webshopID) ORDER BY product_id")
        let products = rows.compactMap { $0.integer(0) }
        guard !products.isEmpty else { return }
        try await repeated("orders", count) { number, tx in try order(number, products, tx) }
    }

    private func repeated(
        _ what: String, _ count: Int, _ make: @escaping @Sendable (Int, Transaction) throws -> Void
    ) async throws {
        for start in stride(from: 0, to: count, by: Self.perTransaction) {
            let end = min(start + Self.perTransaction, count)
            try await storage.write { [self] db in
                let tx = Transaction(db, tenant: tenant, now: now(), requestID: "seed")
                for number in start..<end { try make(number, tx) }
                try tx.flushEvents()
            }
            // A plan made for an empty table would be kept while the table grows.
            if start == 0 { try await storage.learnStatistics() }
            progress(what, end, count)
        }
    }

    private func groups() async throws -> (brands: [Int64], categories: [Int64]) {
        try await storage.write { [self] db in
            let tx = Transaction(db, tenant: tenant, now: now(), requestID: "seed")
            let brands = try (0..<Self.brandCount).map { number in
                let id = try tx.newID(Brand.self)
                try tx.insert(Brand(id: id, name: "Brand \(number)", description: "", rewriteURL: ""))
                return id.rawValue
            }
            let categories = try (0..<Self.categoryCount).map { number in
                let id = try tx.newID(Category.self)
                var category = try Category.starting(id)
                category.name = "Category \(number)"
                try tx.insert(category)
                return id.rawValue
            }
            try tx.flushEvents()
            return (brands, categories)
        }
    }

    private func product(_ number: Int, _ brands: [Int64], _ categories: [Int64], _ tx: Transaction) throws {
        let id = try tx.newID(Product.self)
        var product = try Product.starting(id)
        product.ownID = "BENCH-\(id.rawValue)"
        product.name = "Product \(number) of the benchmark"
        product.rewriteURL = "bench-\(id.rawValue)"
        product.listDescription = "A product that is only there to be counted."
        product.description =
            "<p>Made by the seed. Number \(number). It has a text of usual length, so that reading it costs "
            + "what reading a product costs, and nobody should buy it.</p>"
        product.price = Amount(Int64(number % 900) * 100 + 9900)
        product.brandID = brands[number % brands.count]
        product.mainCategoryID = categories[number % categories.count]
        product.categories = .list([categories[number % categories.count]])
        product.isOnline = number % 10 != 0
        try tx.insert(product)
        try StockLedger.post([.init(StockUnit(id.rawValue), by: 1_000_000, .import)], in: tx)
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

    private func order(_ number: Int, _ products: [Int64], _ tx: Transaction) throws {
        let lines = (0..<3).map { line -> JSON in
            let product = products[(number * 31 + line * 7919) % products.count]
            return ["product_id": .number(JSONNumber(product)), "amount": 1]
        }
        var body = JSONObject()
        body.append("products", .array(lines))
        body.append("email", .string("customer-\(number % 10_000)@example.com"))
        body.append("order_name", .string("Customer \(number % 10_000)"))
        try PlaceOrder.run(body, tx)
    }
}
