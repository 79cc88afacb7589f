package import Resources

/// The formats a catalogue can come in.
package enum ImportFormat: String, CaseIterable, Sendable {
    case shopifyCSV = "shopify-csv"
    case wooCommerceCSV = "woocommerce-csv"
    case butikCSV = "butik-csv"
    case butikJSONL = "butik-jsonl"
    case fashionCSV = "fashion-csv"

    /// Begins to read a file. Throws where it is not of the format.
    package func reader(_ source: ImportSource, for tenant: Tenant) throws -> any RecordReader {
        switch self {
        case .shopifyCSV: try ShopifyReader(source)
        case .wooCommerceCSV: try WooCommerceReader(source)
        case .butikCSV: try ButikCSVReader(source)
        case .butikJSONL: try ButikJSONLReader(source)
        case .fashionCSV: try FashionReader(source)
        }
    }
}
