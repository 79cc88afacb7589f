import Basics
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

/// One row of a shipping method's prices: the bounds that must hold, both included, and the price if they do.
struct PriceRow {
    let country: Int64?
    let weight: ClosedRange<Int64>
    let goods: ClosedRange<Int64>
    let price: Amount

    func fits(country: Int64, goods: Int64, weight: Int64) -> Bool {
        (self.country ?? country) == country && self.weight.contains(weight) && self.goods.contains(goods)
    }

    static func rows(of text: JSONText, for tenant: Tenant) throws -> [PriceRow] {
        guard case .array(let elements) = try text.json else { return [] }
        return try elements.enumerated().map { index, element in
            try PriceRow(element, at: "/prices/\(index)", for: tenant)
        }
    }

    private init(_ json: JSON, at pointer: String, for tenant: Tenant) throws {
        guard case .object(let object) = json else { throw Problem.invalid(pointer, "type", "must be an object") }
        func read(_ name: String, _ kind: FieldKind) throws -> Int64? {
            let field = FieldInfo(name: name, kind: kind, isNullable: true)
            do throws(FieldFault) {
                let column = try field.column(of: object[name] ?? .null, tenant: tenant)
                try field.check(column, for: tenant)
                if case .integer(let value) = column { return value }
                return nil
            } catch {
                throw Problem.invalid("\(pointer)/\(name)", error.code, error.message)
            }
        }
        func range(_ from: String, _ to: String, _ kind: FieldKind) throws -> ClosedRange<Int64> {
            let low = try read(from, kind) ?? 0
            let high = try read(to, kind) ?? Int64.max
            guard low <= high else { throw Problem.invalid("\(pointer)/\(to)", "range", "must not be below \(from)") }
            return low...high
        }
        country = try read("country_id", .integer)
        weight = try range("weight_from", "weight_to", .decimal(places: 3))
        goods = try range("from", "to", .amount)
        guard let price = try read("price", .amount) else {
            throw Problem.invalid("\(pointer)/price", "required", "is required")
        }
        self.price = Amount(price)
    }
}
