/// An ISO 4217 currency and how many decimals its minor unit has. Currencies of three decimals are not supported,
/// because the wire shows at most two.
package struct Currency: Sendable, Equatable {
    package let code: String
    package let digits: Int

    package static let danishKrone = Currency(code: "DKK", digits: 2)

    /// ISO 4217, list one: the currencies without a minor unit, and those with three or four decimals.
    private static let withoutDecimals: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
        "XPF",
    ]
    private static let withMoreDecimals: Set<String> = ["BHD", "CLF", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "UYW"]

    /// The currency of a three-letter code, or nil where it is none we can show.
    package static func of(_ code: String) -> Currency? {
        let isCode =
            code.utf8.count == 3 && code.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        guard isCode, !withMoreDecimals.contains(code) else { return nil }
        return Currency(code: code, digits: withoutDecimals.contains(code) ? 0 : 2)
    }
}
