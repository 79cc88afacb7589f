import Resources

/// Who answers in the Union for a product that was made outside of it (Regulation (EU) 2023/988, article 16).
enum ResponsiblePerson {
    static func refuseOutside(_ country: Int64?, replacing old: Int64?, in tx: Transaction) throws {
        guard let country, country != old else { return }
        let row = try tx.db.row("SELECT is_eu FROM countries WHERE country_id = \(country)")
        if let row, try !row["is_eu"] {
            throw Problem.invalid("/responsible_country_id", "not_in_eu", "must be a country of the EU")
        }
    }
}
