import Persistence
package import Resources

/// What happens to the index when a name that products are found by is changed: few products are indexed again in the same
/// transaction, many by a job within seconds.
enum SearchNames {
    private static let atOnceMax = 200

    /// Alone in the shop, so that no product is indexed by the old name meanwhile.
    /// - Parameter products: selects the `product_id` of each product that has the name, once.
    static func changed(of products: SQL, in tx: Transaction) throws {
        try tx.standAlone()
        let rows = try tx.db.rows("SELECT product_id FROM (\(products)) named LIMIT \(atOnceMax + 1)")
        if rows.count + tx.pendingCount(SearchWriter.name) <= atOnceMax {
            SearchWriter.touch(rows.compactMap { $0.integer(0) }, in: tx)
        } else {
            try markStale(products, tx.shop, in: tx.db)
            try SearchUpkeep.queue.add([.init()], in: tx)
        }
    }

    /// Leaves products to the job.
    static func markStale(_ products: SQL, _ shop: Int64, in db: any Connection) throws {
        // The condition tells SQLite that no join follows.
        try db.run(
            """
            INSERT INTO search_stale (webshop_id, product_id)
            SELECT \(raw: String(shop)), product_id FROM (\(products)) named WHERE 1 = 1
            ON CONFLICT (webshop_id, product_id) DO NOTHING
            """)
    }
}

extension Brand {
    package static func stored(_ new: Brand, replacing old: Brand?, in tx: Transaction) throws {
        if let old, old.name != new.name { try SearchNames.changed(of: new.products(tx), in: tx) }
    }

    package static func removed(_ old: Brand, in tx: Transaction) throws {
        try SearchNames.changed(of: old.products(tx), in: tx)
        try Images.removeAll(of: old, in: tx)
    }

    private func products(_ tx: Transaction) -> SQL {
        "SELECT product_id FROM products WHERE webshop_id = \(tx.shop) AND brand_id = \(id) AND removed_on IS NULL"
    }
}

extension Category {
    /// The products that stand in it.
    func products(_ tx: Transaction) -> SQL {
        "SELECT product_id FROM product_categories WHERE webshop_id = \(tx.shop) AND category_id = \(id)"
    }
}

extension ProductLabel {
    package static func stored(_ new: ProductLabel, replacing old: ProductLabel?, in tx: Transaction) throws {
        if let old, old.name != new.name { try SearchNames.changed(of: new.products(tx), in: tx) }
    }

    /// The products that wear it.
    func products(_ tx: Transaction) -> SQL {
        "SELECT product_id FROM labelled_products WHERE webshop_id = \(tx.shop) AND product_label_id = \(id)"
    }
}

extension ProfileAttribute {
    package static func stored(_ new: ProfileAttribute, replacing old: ProfileAttribute?, in tx: Transaction) throws {
        if let old, old.dataType != new.dataType { try SearchNames.changed(of: new.products(tx), in: tx) }
    }

    /// The products that have a value of it.
    func products(_ tx: Transaction) -> SQL {
        """
        SELECT product_id FROM product_attributes WHERE webshop_id = \(tx.shop) AND attribute_id = \(id)
        UNION SELECT v.product_id FROM product_variants v
        JOIN profile_attribute_values a ON a.webshop_id = v.webshop_id
            AND a.attribute_value_id IN (v.attribute_value_id, v.attribute_value_id_2)
        WHERE v.webshop_id = \(tx.shop) AND a.attribute_id = \(id) AND v.removed_on IS NULL
        """
    }
}

extension ProfileAttributeValue {
    package static func stored(
        _ new: ProfileAttributeValue, replacing old: ProfileAttributeValue?, in tx: Transaction
    ) throws {
        if let old, old.val != new.val { try SearchNames.changed(of: new.products(tx), in: tx) }
    }

    /// The products that have it.
    func products(_ tx: Transaction) -> SQL {
        """
        SELECT product_id FROM product_attributes WHERE webshop_id = \(tx.shop) AND attribute_id = \(attributeID)
        AND attribute_value_id = \(id)
        UNION SELECT product_id FROM product_variants
        WHERE webshop_id = \(tx.shop) AND attribute_value_id = \(id) AND removed_on IS NULL
        UNION SELECT product_id FROM product_variants
        WHERE webshop_id = \(tx.shop) AND attribute_value_id_2 = \(id) AND removed_on IS NULL
        """
    }
}
