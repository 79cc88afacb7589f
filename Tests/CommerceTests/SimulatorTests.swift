import Basics
import Resources
import Support
import Testing

/// Some hundred random operations over HTTP beside a small model of what a shop is; both must agree at any time. The seed
/// of a failure is printed and can be put into `Dice`.
@Suite struct SimulatorTests {
    @Test func `a random session leaves what the model says`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var session = Session(shop: try await TestShop.open(), dice: Dice(seed: seed))
        for step in 1...400 {
            let what = try await session.step()
            try #require(session.fault == nil, "seed \(seed), step \(step), \(what): \(session.fault ?? "")")
            if step.isMultiple(of: 50) {
                let difference = try await session.difference()
                try #require(difference == nil, "seed \(seed), step \(step): \(difference ?? "")")
            }
        }
    }
}

/// A shop and its model.
private struct Session {
    let shop: TestShop
    var dice: Dice
    private var products: [Int64: Product] = [:]
    private var orders: [Int64: Order] = [:]
    private var invoices: Int64 = 0
    /// What the last answer should not have been.
    private(set) var fault: String?

    private struct Product {
        var stock: Int64
        var allowsNegative: Bool
        var isDeleted = false
    }

    private struct Order {
        let lines: [(product: Int64, amount: Int64)]
        var status = "new"
        var invoice: Int64?
    }

    init(shop: TestShop, dice: Dice) {
        self.shop = shop
        self.dice = dice
    }

    private mutating func expect(_ reply: Reply, _ status: Int) {
        if reply.status != status { fault = "\(reply.status) instead of \(status): \(reply.text)" }
    }

    private mutating func anyProduct() -> Int64 { dice.pick(products.keys.sorted()) }

    mutating func step() async throws -> String {
        let choice = products.count < 3 ? 0 : dice.roll(0...99)
        switch choice {
        case 0..<8: return try await addProduct()
        case 8..<20: return try await count()
        case 20..<30: return try await adjust()
        case 30..<33: return try await deleteProduct()
        case 33..<70: return try await placeOrder()
        case 70..<80: return try await cancel()
        case 80..<90: return try await pay()
        default: return try await moveStatus()
        }
    }

    private mutating func addProduct() async throws -> String {
        let allowsNegative = dice.roll(0...3) == 0
        let reply = try await shop.post(
            "product",
            [
                "name": "Thing", "price": .number(dice.roll(0...500)), "vat": .number(dice.pick([0, 6, 25])),
                "allow_negative_stock": .bool(allowsNegative),
            ])
        expect(reply, 200)
        products[reply.json["product_id"].integer] = Product(stock: 0, allowsNegative: allowsNegative)
        return "add a product"
    }

    private mutating func count() async throws -> String {
        let id = anyProduct()
        let count = dice.roll(0...30)
        let isDeleted = products[id]?.isDeleted ?? true
        expect(try await shop.put("stock/\(id)", ["count": .number(count)]), isDeleted ? 410 : 200)
        if !isDeleted { products[id]?.stock = count }
        return "count \(id)"
    }

    private mutating func adjust() async throws -> String {
        let id = anyProduct()
        let change = dice.roll(-10...10)
        guard let product = products[id] else { return "" }
        let fits = change == 0 || product.allowsNegative || product.stock + change >= 0
        let reply = try await shop.put("stock/\(id)", ["adjust": .number(change)])
        expect(reply, product.isDeleted ? 410 : fits ? 200 : 409)
        if !product.isDeleted, fits { products[id]?.stock += change }
        return "adjust \(id) by \(change)"
    }

    private mutating func deleteProduct() async throws -> String {
        let id = anyProduct()
        expect(try await shop.delete("product/\(id)"), products[id]?.isDeleted == true ? 410 : 200)
        products[id]?.isDeleted = true
        return "delete \(id)"
    }

    private mutating func placeOrder() async throws -> String {
        var lines: [(product: Int64, amount: Int64)] = []
        for _ in 0..<dice.roll(1...4) { lines.append((anyProduct(), dice.roll(1...5))) }
        let paid = dice.roll(0...4) == 0
        let isKnown = lines.allSatisfy { products[$0.product]?.isDeleted == false }
        var left = products
        var fits = true
        for line in lines {
            left[line.product]?.stock -= line.amount
            if let product = left[line.product], product.stock < 0, !product.allowsNegative { fits = false }
        }
        let reply = try await shop.order(
            lines.map { TestShop.line($0.product, $0.amount) },
            JSONObject([.init("paid", .bool(paid)), .init("shipping_price", .number(dice.roll(0...1) * 40))]))
        expect(reply, !isKnown ? 422 : fits ? 200 : 409)
        if isKnown, fits {
            products = left
            var order = Order(lines: lines)
            if paid { order.invoice = nextInvoice() }
            orders[reply.json["order_id"].integer] = order
        }
        return "order \(lines)"
    }

    private mutating func nextInvoice() -> Int64 {
        invoices += 1
        return invoices
    }

    private mutating func cancel() async throws -> String {
        guard !orders.isEmpty else { return "nothing to cancel" }
        let id = dice.pick(orders.keys.sorted())
        expect(try await shop.post("order/\(id)/cancel", [:]), 200)
        if let order = orders[id], order.status != "cancelled" {
            for line in order.lines { products[line.product]?.stock += line.amount }
            orders[id]?.status = "cancelled"
        }
        return "cancel \(id)"
    }

    private mutating func pay() async throws -> String {
        guard !orders.isEmpty else { return "nothing to pay" }
        let id = dice.pick(orders.keys.sorted())
        let reply = try await shop.put("order/\(id)", ["paid": 1])
        let isPaid = orders[id]?.invoice != nil
        let isOpen = orders[id]?.status != "cancelled"
        expect(reply, isPaid || isOpen ? 200 : 409)
        let invoice = isPaid || !isOpen ? orders[id]?.invoice : nextInvoice()
        orders[id]?.invoice = invoice
        return "pay \(id)"
    }

    private mutating func moveStatus() async throws -> String {
        guard !orders.isEmpty else { return "nothing to move" }
        let id = dice.pick(orders.keys.sorted())
        let status = dice.pick(["new", "inprocess", "pending", "ready", "sent"])
        let isOpen = orders[id]?.status != "cancelled"
        expect(try await shop.put("order/\(id)", ["status": .string(status)]), isOpen ? 200 : 409)
        if isOpen { orders[id]?.status = status }
        return "move \(id) to \(status)"
    }

    /// Where the shop and the model part, or nil.
    func difference() async throws -> String? {
        for (id, product) in products {
            let ledger = try await shop.ledger(id)
            if ledger != product.stock { return "ledger of \(id) is \(ledger), not \(product.stock)" }
            if product.isDeleted { continue }
            let stock = try await shop.stock(id)
            if stock != product.stock { return "stock of \(id) is \(stock), not \(product.stock)" }
        }
        let rows = try await shop.get("order?limit=1000").json["orders"].elements
        if rows.count != orders.count { return "\(rows.count) orders, not \(orders.count)" }
        for row in rows {
            let id = row["order_id"].integer
            if row["status"].text != orders[id]?.status { return "order \(id) is \(row["status"].text)" }
            let invoice = row["invoice_id"].isNull ? nil : row["invoice_id"].integer
            if invoice != orders[id]?.invoice { return "order \(id) has invoice \(invoice ?? 0)" }
        }
        return try await shop.findings().first
    }
}
