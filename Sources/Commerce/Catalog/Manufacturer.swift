import Persistence
package import Resources

/// Who made a product and answers for its safety (Regulation (EU) 2023/988, article 19).
package struct Manufacturer: Resource {
    package var id: Identifier<Manufacturer>
    package var name: String
    package var linkTo: String?
    package var address: String
    package var zipcode: String
    package var city: String
    package var countryID: Int64?
    package var email: String
    package var phone: String

    package static let schema = Schema(
        "manufacturer", "manufacturers", Manufacturer.init,
        Field("manufacturer_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("link_to", \.linkTo, .length(0...2048), .alias("website")),
        Field("address", \.address, .length(0...1000)),
        Field("zipcode", \.zipcode, .length(0...32)),
        Field("city", \.city, .length(0...255)),
        Field("country_id", \.countryID, .references { Country.info }),
        Field("email", \.email, .length(0...254)),
        Field("phone", \.phone, .length(0...64)),
        also: [.removalFlag()])
}
