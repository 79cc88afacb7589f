import Persistence
package import Resources

/// What products of one kind have in common, such as "Shoe": a list of attributes. Fact sheet 4.1.
package struct Profile: Resource {
    package var id: Identifier<Profile>
    package var name: String
    package var tag: String?

    package static let schema = Schema(
        "profile", "profiles", Profile.init,
        Field("profile_id", \.id, .readOnly),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("tag", \.tag, .key, .length(0...255), .filterable),
        also: [
            .embedded(
                Embed("attributes", ProfileAttribute.info, by: "profile_id", order: "weight, attribute_id"),
                about: "What a product of the profile can say of itself.")
        ],
        sortedBy: "name")

    package static let parts: [Part<Profile>] = [.attributes]
}

extension Part<Profile> {
    /// What its products can say of themselves. A profile that products have stays.
    fileprivate static var attributes: Part {
        Part(remove: { profile, tx in
            try refuseIfUsed(profile, tx)
            for attribute in try tx.takeAll(ProfileAttribute.self, where: "profile_id = \(profile.id)") {
                try tx.remove(attribute)
            }
        })
    }

    private static func refuseIfUsed(_ profile: Stored<Profile>, _ tx: Transaction) throws {
        let isUsed = try tx.db.row(
            """
            SELECT 1 FROM products WHERE webshop_id = \(tx.shop) AND profile_id = \(profile.id) AND removed_on IS NULL LIMIT 1
            """)
        if isUsed != nil {
            throw Problem.conflict("in_use", "There are products with this profile; give them another one first.")
        }
    }
}
