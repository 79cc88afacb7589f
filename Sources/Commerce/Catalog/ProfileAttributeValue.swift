import Persistence
package import Resources

/// One value of an attribute's list, such as "42". Fact sheet 2.5 and 4.1.
package struct ProfileAttributeValue: Resource {
    package var id: Identifier<ProfileAttributeValue>
    package var attributeID: Int64
    package var val: String
    package var color: String?
    package var weight: Int64

    package static let schema = Schema(
        "profile-attribute-value", "profile_attribute_values", ProfileAttributeValue.init,
        Field("attribute_value_id", \.id, .readOnly),
        Field("attribute_id", \.attributeID, .required, .references { ProfileAttribute.info }, .filterable),
        Field("val", \.val, .required, .key, .length(1...255), .alias("name"), .filterable, .sortable),
        Field("color", \.color, .length(0...7), .about("`#rrggbb`, for attributes of the type color.")),
        Field("weight", \.weight, .sortable, .about("Position in the list.")),
        sortedBy: "weight")

    package static let parts: [Part<ProfileAttributeValue>] = [.uses]

    package static let followers: [Follower<ProfileAttributeValue>] = [.search(\.val, of: products)]

    /// The products that have it.
    private static func products(_ value: ProfileAttributeValue, _ shop: Int64) -> SQL {
        """
        SELECT product_id FROM product_attributes WHERE webshop_id = \(shop) AND attribute_id = \(value.attributeID)
        AND attribute_value_id = \(value.id)
        UNION SELECT product_id FROM product_variants
        WHERE webshop_id = \(shop) AND attribute_value_id = \(value.id) AND removed_on IS NULL
        UNION SELECT product_id FROM product_variants
        WHERE webshop_id = \(shop) AND attribute_value_id_2 = \(value.id) AND removed_on IS NULL
        """
    }

    package static func prepare(
        _ new: inout ProfileAttributeValue, replacing old: ProfileAttributeValue?, in tx: Transaction
    ) throws {
        guard new.attributeID > 0 else { throw Problem.invalid("/attribute_id", "required", "is required") }
        if let old, old.attributeID != new.attributeID {
            try tx.standAlone()
            if try isUsed(old, in: tx) {
                throw Problem.conflict("in_use", "Products have this value; make another one for the other attribute.")
            }
        }
        new.color = try Color.tidied(new.color)
        guard old?.attributeID != new.attributeID,
            let attribute = try tx.findAll(ProfileAttribute.self, [new.attributeID]).first
        else { return }
        if !attribute.dataType.isList {
            throw Problem.invalid(
                "/attribute_id", "data_type", "is of the type \(attribute.dataType.rawValue), which has no list")
        }
    }

    fileprivate static func hasVariants(_ old: ProfileAttributeValue, in tx: Transaction) throws -> Bool {
        try ["attribute_value_id", "attribute_value_id_2"].contains { column in
            try tx.db.row(
                """
                SELECT 1 FROM product_variants WHERE webshop_id = \(tx.shop) AND \(raw: column) = \(old.id)
                AND removed_on IS NULL LIMIT 1
                """) != nil
        }
    }

    private static func isUsed(_ old: ProfileAttributeValue, in tx: Transaction) throws -> Bool {
        try hasVariants(old, in: tx)
            || tx.db.row(
                """
                SELECT 1 FROM product_attributes WHERE webshop_id = \(tx.shop) AND attribute_id = \(old.attributeID)
                AND attribute_value_id = \(old.id) LIMIT 1
                """) != nil
    }
}

extension Part<ProfileAttributeValue> {
    /// What products say by it. A value that variants have stays.
    fileprivate static var uses: Part {
        Part(remove: { value, tx in
            if try ProfileAttributeValue.hasVariants(value.value, in: tx) {
                throw Problem.conflict("in_use", "There are variants with the value \(value.val); remove them first.")
            }
            tx.markChanged("product_attributes")
            try tx.db.run(
                """
                DELETE FROM product_attributes WHERE webshop_id = \(tx.shop) AND attribute_id = \(value.attributeID)
                AND attribute_value_id = \(value.id)
                """)
        })
    }
}
