import Persistence
import Resources

/// What shoppers of profiles' products choose by.
struct ProfileChoices {
    /// The variant attributes of each profile, by id, at most two.
    private let attributes: [Int64: [Int64]]
    /// The attribute of each value that is named.
    private let attributeOfValue: [Int64: Int64]

    init(of profiles: Set<Int64>, naming wishes: [StockSettings.Wish], in tx: Transaction) throws {
        attributes = try tx.db.fetch(
            SQL.each(profiles.sorted()) { some in
                """
                SELECT profile_id, attribute_id FROM profile_attributes WHERE webshop_id = \(tx.shop)
                AND profile_id IN (\(some)) AND is_variant = 1 AND removed_on IS NULL ORDER BY attribute_id
                """
            }
        ).joined().reduce(into: [:]) { $0[try $1["profile_id"], default: []].append(try $1["attribute_id"]) }
        guard !attributes.isEmpty else {
            attributeOfValue = [:]
            return
        }
        attributeOfValue = try tx.db.fetch(
            SQL.each(Set(wishes.flatMap(\.valueIDs)).sorted()) { some in
                """
                SELECT attribute_value_id, attribute_id FROM profile_attribute_values WHERE webshop_id = \(tx.shop)
                AND attribute_value_id IN (\(some)) AND removed_on IS NULL
                """
            }
        ).joined().reduce(into: [:]) { $0[try $1["attribute_value_id"]] = try $1["attribute_id"] as Int64 }
    }

    /// Whether rows are about one attribute each, of several, as existing clients send them (fact sheet 4.2).
    func isPerAttribute(_ wishes: [StockSettings.Wish]) -> Bool {
        let named = wishes.map { Set($0.valueIDs.compactMap { attributeOfValue[$0] } + $0.attributeIDs) }
        return named.allSatisfy { $0.count == 1 } && Set(named.joined()).count > 1
    }

    /// The combination a row names; nil where it is about something that is no choice of the profile.
    /// - Parameter passesOver: leaves out rows that name too few values.
    func combination(
        of wish: StockSettings.Wish, in profile: Int64, _ known: [StockSettings.Combination: ProductVariant],
        isStrict: Bool, passesOver: Bool
    ) throws -> StockSettings.Combination? {
        let attributes = attributes[profile] ?? []
        let isForeign = wish.attributeIDs.contains { !attributes.contains($0) } || attributes.isEmpty
        if isForeign, !isStrict { return nil }
        if isForeign {
            throw Problem.invalid("/attribute_id", "unknown_attribute", "is no variant attribute of the profile")
        }
        let pairs = try wish.valueIDs.map { value -> (attribute: Int64, value: Int64) in
            guard let attribute = attributeOfValue[value], attributes.contains(attribute) else {
                throw Problem.invalid(
                    "/attribute_value_id", "unknown_value",
                    "\(value) is no value of the profile's variant attributes")
            }
            return (attribute, value)
        }.sorted { $0.attribute < $1.attribute }
        guard let first = pairs.first else { return nil }
        let combination = StockSettings.Combination(
            first: first.value, second: pairs.dropFirst().first?.value ?? 0)
        // A variant from before the profile had its second attribute keeps its one value.
        if known[combination] != nil { return combination }
        if passesOver, pairs.count < attributes.count { return nil }
        guard pairs.map(\.attribute) == attributes else {
            throw Problem.invalid(
                pairs.count < attributes.count ? "/attribute_value_id_2" : "/attribute_value_id", "combination",
                "needs one value of each of the profile's \(attributes.count) variant attributes")
        }
        return combination
    }

    /// Fills in what makes a new variant the one it is.
    func name(_ variant: inout ProductVariant, _ combination: StockSettings.Combination, of product: Product) {
        variant.productID = product.id.rawValue
        variant.valueID = combination.first
        variant.attributeID = attributeOfValue[combination.first] ?? 0
        variant.valueID2 = combination.second
        variant.attributeID2 = combination.second == 0 ? 0 : attributeOfValue[combination.second] ?? 0
    }
}
