import Persistence
package import Resources

/// Something a product of a profile can say of itself, such as its size. Fact sheet 2.5 and 4.1.
package struct ProfileAttribute: Resource {
    package var id: Identifier<ProfileAttribute>
    package var profileID: Int64
    package var name: String
    package var dataType: DataType
    package var isVariant: Bool
    package var weight: Int64

    /// What its values are.
    package enum DataType: String, Choice {
        /// One or several of a list that the shop keeps.
        case valuelist
        /// The same, each with a colour.
        case color
        case text
        case number
        case boolean

        package var isList: Bool { self == .valuelist || self == .color }
    }

    /// Size and colour; a third choice would multiply the variants beyond what a shopper can choose from.
    private static let variantsMax = 2

    package static let schema = Schema(
        "profile-attribute", "profile_attributes", ProfileAttribute.init,
        Field("attribute_id", \.id, .readOnly),
        Field("profile_id", \.profileID, .required, .references { Profile.info }, .filterable),
        Field("name", \.name, .required, .key, .length(1...255), .filterable, .sortable),
        Field("data_type", \.dataType, .initially(.text(DataType.valuelist.rawValue)), .filterable),
        Field(
            "is_variant", \.isVariant, .filterable,
            .about("Whether shoppers choose by it. At most two attributes of a profile.")),
        Field("weight", \.weight, .sortable, .about("Position among the profile's attributes.")),
        also: [
            .embedded(
                Embed("values", ProfileAttributeValue.info, by: "attribute_id", order: "weight, attribute_value_id"),
                about: "The list to choose from; empty where the type has none.")
        ],
        sortedBy: "weight")

    package static let parts: [Part<ProfileAttribute>] = [.values]

    package static let followers: [Follower<ProfileAttribute>] = [.search(\.dataType, of: products)]

    /// The products that have a value of it.
    private static func products(_ attribute: ProfileAttribute, _ shop: Int64) -> SQL {
        """
        SELECT product_id FROM product_attributes WHERE webshop_id = \(shop) AND attribute_id = \(attribute.id)
        UNION SELECT v.product_id FROM product_variants v
        JOIN profile_attribute_values a ON a.webshop_id = v.webshop_id
            AND a.attribute_value_id IN (v.attribute_value_id, v.attribute_value_id_2)
        WHERE v.webshop_id = \(shop) AND a.attribute_id = \(attribute.id) AND v.removed_on IS NULL
        """
    }

    /// At most two of a profile are for variants.
    package static var hasRulesBetweenRows: Bool { true }

    package static func prepare(
        _ new: inout ProfileAttribute, replacing old: ProfileAttribute?, in tx: Transaction
    ) throws {
        guard new.profileID > 0 else { throw Problem.invalid("/profile_id", "required", "is required") }
        let isOtherKind =
            old.map { $0.dataType != new.dataType && !($0.dataType.isList && new.dataType.isList) } ?? false
        if let old, old.profileID != new.profileID || isOtherKind {
            try refuseIfUsed(old, in: tx)
        }
        if let old, old.isVariant, !new.isVariant || new.profileID != old.profileID { try refuseIfVaried(old, in: tx) }
        guard new.isVariant else { return }
        guard new.dataType.isList else {
            throw Problem.invalid("/is_variant", "data_type", "needs the data_type valuelist or color")
        }
        if old?.isVariant != true || old?.profileID != new.profileID { try refuseThird(new, in: tx) }
    }

    private static func refuseIfUsed(_ old: ProfileAttribute, in tx: Transaction) throws {
        try tx.standAlone()
        let isUsed = try tx.db.row(
            "SELECT 1 FROM product_attributes WHERE webshop_id = \(tx.shop) AND attribute_id = \(old.id) LIMIT 1")
        if isUsed != nil {
            throw Problem.conflict("in_use", "Products have values of this attribute; make another attribute instead.")
        }
    }

    private static func refuseIfVaried(_ old: ProfileAttribute, in tx: Transaction) throws {
        try tx.standAlone()
        let isUsed = try tx.db.row(
            """
            SELECT 1 FROM product_variants v
            JOIN profile_attribute_values a ON a.webshop_id = v.webshop_id
                AND a.attribute_value_id IN (v.attribute_value_id, v.attribute_value_id_2)
            WHERE v.webshop_id = \(tx.shop) AND a.attribute_id = \(old.id) AND v.removed_on IS NULL LIMIT 1
            """)
        if isUsed != nil {
            throw Problem.conflict(
                "in_use", "Products have variants by this attribute; remove them first.",
                errors: [.init("/is_variant", "in_use", "cannot be 0 while products have variants by it")])
        }
    }

    /// Counted alone in the shop, because two that each look like the second would be three together.
    private static func refuseThird(_ new: ProfileAttribute, in tx: Transaction) throws {
        try tx.standAlone()
        let row = try tx.db.row(
            """
            SELECT count(*) AS count FROM profile_attributes WHERE webshop_id = \(tx.shop) AND profile_id = \(new.profileID)
            AND is_variant = 1 AND attribute_id <> \(new.id) AND removed_on IS NULL
            """)
        if let row, try row["count"] >= variantsMax {
            throw Problem.invalid("/is_variant", "too_many", "is set on two attributes of this profile already")
        }
    }
}

extension Part<ProfileAttribute> {
    /// Its list, and what products say by it.
    fileprivate static var values: Part {
        Part(remove: { attribute, tx in
            for value in try tx.takeAll(ProfileAttributeValue.self, where: "attribute_id = \(attribute.id)") {
                try tx.remove(value)
            }
            tx.markChanged("product_attributes")
            try tx.db.run(
                "DELETE FROM product_attributes WHERE webshop_id = \(tx.shop) AND attribute_id = \(attribute.id)")
        })
    }
}
