import Persistence
package import Resources

/// Who made a product and answers for its safety, and who does so in the EU where they are outside of it
/// (Regulation (EU) 2023/988, articles 16 and 19; see `SafetyProfile`).
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
    package var responsibleName: String
    package var responsibleAddress: String
    package var responsibleCountryID: Int64?
    package var responsibleEmail: String
    package var ownID: String?

    package static let schema = Schema(
        "manufacturer", "manufacturers", Manufacturer.init,
        Field("manufacturer_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("link_to", \.linkTo, .length(0...2048), .alias("website")),
        Field("address", \.address, .length(0...1000)),
        Field("zipcode", \.zipcode, .length(0...32)),
        Field("city", \.city, .length(0...255)),
        Field("country_id", \.countryID, .references { Country.info }),
        Field("email", \.email, .key, .length(0...254)),
        Field("phone", \.phone, .length(0...64)),
        Field(
            "responsible_name", \.responsibleName, .length(0...255),
            .about("The responsible person in the EU, for a manufacturer outside of it.")),
        Field("responsible_address", \.responsibleAddress, .length(0...1000), .about("Postal.")),
        Field(
            "responsible_country_id", \.responsibleCountryID, .references { Country.info },
            .about("A country of the EU.")),
        Field("responsible_email", \.responsibleEmail, .length(0...254), .about("E-mail or web address.")),
        Field("own_id", \.ownID, .own),
        also: [.removalFlag()])

    package static func prepare(_ new: inout Manufacturer, replacing old: Manufacturer?, in tx: Transaction) throws {
        try ResponsiblePerson.refuseOutside(new.responsibleCountryID, replacing: old?.responsibleCountryID, in: tx)
    }
}
