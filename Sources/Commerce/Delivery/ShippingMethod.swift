import Persistence
package import Resources

/// A way to deliver, with its price by country, weight and order value.
package struct ShippingMethod: Resource {
    package var id: Identifier<ShippingMethod>
    package var name: String
    package var module: String
    package var price: Amount
    package var freeAbove: Amount?
    package var countries: JSONText
    package var prices: JSONText
    package var isActive: Bool
    package var weight: Int64

    package static let schema = Schema(
        "shipping", "shippings", ShippingMethod.init,
        Field("shipping_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("module", \.module, .length(0...255), .about("The carrier's module, if one prints labels.")),
        Field("price", \.price, .alias("cost"), .about("What it costs where no row of `prices` fits.")),
        Field("free_above", \.freeAbove, .about("Goods worth at least this ship free.")),
        Field(
            "countries", \.countries, .referencesEach { Country.info },
            .about("Where it delivers; empty is everywhere.")),
        Field(
            "prices", \.prices, .shape(.list),
            .about("Rows {country_id?, weight_from?, weight_to?, from?, to?, price}; the first that fits is the price.")
        ),
        Field("is_active", \.isActive, .initially(.integer(1)), .filterable),
        Field("weight", \.weight, .sortable, .about("Place in lists.")),
        bare: true, sortedBy: "weight")

    package static func prepare(_ new: inout ShippingMethod, replacing old: ShippingMethod?, in tx: Transaction) throws
    {
        guard new.prices != old?.prices else { return }
        _ = try PriceRow.rows(of: new.prices, for: tx.tenant)
    }

    /// What freight costs to a country for goods of a value and a weight in thousandths of a kilogram.
    package func price(to country: Int64, goods: Amount, weight: Int64, for tenant: Tenant) throws -> Amount {
        if let freeAbove, goods >= freeAbove { return .zero }
        let rows = try PriceRow.rows(of: prices, for: tenant)
        return rows.first { $0.fits(country: country, goods: goods.minor, weight: weight) }?.price ?? price
    }

    package func delivers(to country: Int64) throws -> Bool {
        let countries = try countries.integers
        return countries.isEmpty || countries.contains(country)
    }
}
