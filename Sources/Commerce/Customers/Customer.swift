import Basics
import Persistence
package import Resources

/// Somebody who buys from a shop and is known to it.
package struct Customer: Resource {
    package var id: Identifier<Customer>
    package var name: String
    package var companyName: String
    package var email: String
    package var phone: String
    package var address: String
    package var zipcode: String
    package var city: String
    package var countryID: Int64
    package var vatNumber: String
    package var eanNumber: String
    package var newsletter: Bool
    package var note: String
    package var group: String
    package var ownID: String?

    package static let schema = Schema(
        "customer", "customers", Customer.init,
        Field("customer_id", \.id, .readOnly),
        Field("name", \.name, .required, .length(1...255), .filterable, .sortable),
        Field("company_name", \.companyName, .length(0...255), .filterable),
        Field("email", \.email, .key, .length(0...254), .filterable, .sortable),
        Field("phone", \.phone, .length(0...64), .filterable),
        Field("address", \.address, .length(0...1000)),
        Field("zipcode", \.zipcode, .length(0...32), .filterable),
        Field("city", \.city, .length(0...255), .filterable),
        Field("country_id", \.countryID, .references { Country.info }, .filterable),
        Field("vat_number", \.vatNumber, .length(0...64)),
        Field("ean_number", \.eanNumber, .length(0...64)),
        Field("newsletter", \.newsletter, .filterable),
        Field("note", \.note, .about("For staff.")),
        Field(
            "customer_group", \.group, .key, .length(0...255), .filterable,
            .about("Whose `group_prices` the customer pays; empty for none.")),
        Field("own_id", \.ownID, .own))

    package static func prepare(_ new: inout Customer, replacing old: Customer?, in tx: Transaction) throws {
        if new.countryID == 0 { new.countryID = tx.tenant.countryID }
        if !new.email.isEmpty, !EmailAddress.isPlausible(new.email) {
            throw Problem.invalid("/email", "email", "must be an e-mail address")
        }
    }

    package static func topics(_ change: Change) -> [String] {
        change == .created ? ["customer_created"] : []
    }
}
