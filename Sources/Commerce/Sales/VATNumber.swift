/// Reads VAT numbers of EU businesses.
enum VATNumber {
    /// How many characters follow the country (European Commission, VIES, "VAT number formats").
    private static let lengths: [String: ClosedRange<Int>] = [
        "AT": 9...9, "BE": 10...10, "BG": 9...10, "CY": 9...9, "CZ": 8...10, "DE": 9...9, "DK": 8...8, "EE": 9...9,
        "EL": 9...9, "ES": 9...9, "FI": 8...8, "FR": 11...11, "HR": 11...11, "HU": 8...8, "IE": 8...9, "IT": 11...11,
        "LT": 9...12, "LU": 8...8, "LV": 11...11, "MT": 8...8, "NL": 12...12, "PL": 10...10, "PT": 9...9, "RO": 2...10,
        "SE": 12...12, "SI": 8...8, "SK": 10...10,
    ]
    /// Those whose numbers have letters too.
    private static let lettered: Set<String> = ["AT", "CY", "ES", "FR", "IE", "NL"]

    /// The ISO code of the country that gave a number; nil for what is none. Blanks, points and dashes don't count.
    static func country(_ text: String) -> String? {
        let letters = text.uppercased().filter { !" .-".contains($0) }
        let prefix = String(letters.prefix(2))
        let rest = letters.dropFirst(2).utf8
        guard let length = lengths[prefix], length.contains(rest.count) else { return nil }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let isLetter = { (byte: UInt8) in lettered.contains(prefix) && (0x41...0x5A).contains(byte) }
        guard rest.allSatisfy({ isDigit($0) || isLetter($0) }), rest.contains(where: isDigit) else { return nil }
        // Art. 215 of the directive gives Greece a prefix of its own.
        return prefix == "EL" ? "GR" : prefix
    }
}
