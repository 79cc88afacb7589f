/// Reads brands out of product names: the words before the person they are for, where several products share them.
struct BrandNames {
    private static let people: Set<String> = [
        "Men", "Men's", "Mens", "Women", "Women's", "Womens", "Boys", "Boy's", "Girls", "Girl's", "Kids", "Kid's",
        "Unisex",
        "Man", "Woman",
    ]
    /// How many products must share a brand.
    private static let productsMin = 3

    private let counts: [String: Int]

    /// - Parameter counts: how many products have each candidate.
    init(_ counts: [String: Int]) {
        self.counts = counts
    }

    func brand(of name: String) -> String? {
        Self.candidates(name).last { counts[$0, default: 0] >= Self.productsMin }
    }

    /// "United Colors of Benetton Men Shirt" may be a brand of one to four words.
    static func candidates(_ name: String) -> [String] {
        let words = name.split(separator: " ").map(String.init)
        guard let end = words.firstIndex(where: { people.contains($0) }), (1...4).contains(end) else { return [] }
        return (1...end).map { words[..<$0].joined(separator: " ") }
    }
}
