package import Persistence
package import Resources

/// A country of ISO 3166-1 with its standard VAT rate. Shared by all shops and read only.
package struct Country: Resource {
    package var id: Identifier<Country>
    package var iso: String
    package var iso3: String
    package var name: String
    package var vatRate: Percentage?
    package var isEU: Bool

    /// The country of an ISO 3166-1 alpha-2 code, in capitals or not.
    package static func named(_ iso: String, in db: any Connection) throws -> Country? {
        try db.row("SELECT \(raw: info.columnList) FROM countries WHERE iso = \(iso.uppercased())")
            .map { try schema.value($0.values) }
    }

    /// The id existing clients know Denmark by (fact sheet 2.10).
    package static let denmark: Int64 = 45

    package static let schema = Schema(
        "country", "countries", Country.init,
        Field("country_id", \.id, .readOnly),
        Field("iso", \.iso, .filterable, .sortable, .about("ISO 3166-1 alpha-2.")),
        Field("iso3", \.iso3, .filterable),
        Field("name", \.name, .filterable, .sortable),
        Field("vat_rate", \.vatRate, .filterable, .about("Standard rate in percent; null where unknown.")),
        Field("is_eu", \.isEU, .filterable),
        verbs: [.list, .read], shopOwned: false, sortedBy: "country_id")
}
