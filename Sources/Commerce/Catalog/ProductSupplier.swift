package import Resources

/// What a product costs at a supplier, and under which number they know it. A product can be bought from several, and from
/// one at several prices: the row with the highest `min_order` that an order reaches is the price.
package struct ProductSupplier: Resource {
    package var id: Identifier<ProductSupplier>
    package var productID: Int64
    package var supplierID: Int64
    package var supplierOwnID: String
    package var purchasePrice: UnitCost?
    package var currency: String
    package var minOrder: Int64
    package var deliveryDays: Int64?
    package var weight: Int64

    package static let schema = Schema(
        "product-supplier", "product_suppliers", ProductSupplier.init,
        Field("product_supplier_id", \.id, .readOnly),
        Field("product_id", \.productID, .required, .references { Product.info }, .filterable),
        Field("supplier_id", \.supplierID, .required, .references { Supplier.info }, .filterable),
        Field(
            "supplier_own_id", \.supplierOwnID, .key, .length(0...255), .filterable, .sortable,
            .about("Their number for it.")
        ),
        Field(
            "purchase_price", \.purchasePrice, .range(0...1_000_000_000_000), .filterable, .sortable,
            .about("For a unit, in `currency`, with up to four decimals.")),
        Field(
            "currency", \.currency, .length(0...3),
            .about("ISO 4217; the supplier's, or the shop's, where none is given.")),
        Field(
            "min_order", \.minOrder, .initially(.integer(1)), .range(1...1_000_000_000), .about("The least they sell.")),
        Field(
            "delivery_days", \.deliveryDays, .range(0...3650), .about("From order to receipt; null is the supplier's.")),
        Field("weight", \.weight, .sortable, .about("The first is where the shop buys.")),
        sortedBy: "weight")

    /// What of a row means the same in every shop.
    package static let exported: Set<String> = [
        "supplier_own_id", "purchase_price", "currency", "min_order", "delivery_days", "weight",
    ]

    package static func prepare(
        _ new: inout ProductSupplier, replacing old: ProductSupplier?, in tx: Transaction
    ) throws {
        for (name, id) in [("product_id", new.productID), ("supplier_id", new.supplierID)] where id <= 0 {
            throw Problem.invalid("/" + name, "required", "is required")
        }
        guard new.currency.isEmpty else { return new.currency = try Supplier.tidied(currency: new.currency) }
        let supplier = try tx.findAll(Supplier.self, [new.supplierID]).first
        let theirs = supplier?.currency ?? ""
        new.currency = theirs.isEmpty ? tx.tenant.currency.code : theirs
    }

    /// Takes along the rows of a product or a supplier that was deleted.
    static func removeAll(of column: String, _ id: Int64, in tx: Transaction) throws {
        for row in try tx.takeAll(ProductSupplier.self, where: "\(raw: column) = \(id)") { try tx.remove(row) }
    }
}

extension Part<Product> {
    /// Where the shop buys it.
    static var sources: Part {
        Part(remove: { try ProductSupplier.removeAll(of: Product.info.key, $0.id, in: $1) })
    }
}

extension Part<Supplier> {
    /// What the shop buys there.
    static var deliveries: Part {
        Part(remove: { try ProductSupplier.removeAll(of: Supplier.info.key, $0.id, in: $1) })
    }
}
