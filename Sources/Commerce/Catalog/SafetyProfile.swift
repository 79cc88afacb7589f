package import Resources

/// What shoppers must be told about the safety of products of one kind, written once and named by many products.
///
/// Regulation (EU) 2023/988, article 19, wants an online offer to show, clearly and in sight: (a) the manufacturer's name or
/// trade mark with a postal and an electronic address; (b) where the manufacturer is not established in the Union, the same
/// of the person responsible for the product there; (c) what tells the product apart: a picture, its type, an identifier;
/// (d) the warnings and safety information that belong on the product or into its papers, in a language that shoppers
/// understand. `GET product/{id}/safety` puts these together and says what is missing.
package struct SafetyProfile: Resource {
    package var id: Identifier<SafetyProfile>
    package var name: String
    package var warnings: String
    package var documents: String
    package var manufacturerID: Int64?
    package var responsibleName: String
    package var responsibleAddress: String
    package var responsibleCountryID: Int64?
    package var responsibleEmail: String

    package static let schema = Schema(
        "safety-profile", "safety_profiles", SafetyProfile.init,
        Field("safety_profile_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field(
            "warnings", \.warnings, .length(0...65_536),
            .about("Shown with the offer, in the shop's language. HTML.")),
        Field(
            "documents", \.documents, .length(0...262_144),
            .about("What the papers that come with the product say on safety. HTML.")),
        Field(
            "manufacturer_id", \.manufacturerID, .references { Manufacturer.info }, .filterable,
            .about("Counts for products that name no manufacturer.")),
        Field(
            "responsible_name", \.responsibleName, .length(0...255),
            .about("The responsible person in the EU, where it is another than the manufacturer's.")),
        Field("responsible_address", \.responsibleAddress, .length(0...1000), .about("Postal.")),
        Field(
            "responsible_country_id", \.responsibleCountryID, .references { Country.info },
            .about("A country of the EU.")),
        Field("responsible_email", \.responsibleEmail, .length(0...254), .about("E-mail or web address.")),
        sortedBy: "name")

    package static func prepare(_ new: inout SafetyProfile, replacing old: SafetyProfile?, in tx: Transaction) throws {
        try ResponsiblePerson.refuseOutside(new.responsibleCountryID, replacing: old?.responsibleCountryID, in: tx)
    }
}
