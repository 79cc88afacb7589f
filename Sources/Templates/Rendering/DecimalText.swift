/// A number by its digits, so that none is too large and none is rounded.
struct DecimalText: Equatable {
    let isNegative: Bool
    /// Without zeros that say nothing; digits as numbers.
    let whole: [UInt8]
    let fraction: [UInt8]

    /// No number that anybody shows is longer.
    private static let bytesMax = 64

    /// `5`, `-5` and `2.50`; nil for everything else.
    init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        var bytes = Array(text.utf8)[...]
        let hasMinus = bytes.first == UInt8(ascii: "-")
        if hasMinus { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isDigit) }) else {
            return nil
        }
        let digits = parts.map { $0.map { $0 - 0x30 } }
        self.init(hasMinus, digits[0], digits.count == 2 ? digits[1] : [])
    }

    private init(_ isNegative: Bool, _ whole: [UInt8], _ fraction: [UInt8]) {
        self.whole = Array(whole.drop { $0 == 0 })
        self.fraction = Array(fraction.reversed().drop { $0 == 0 }.reversed())
        self.isNegative = isNegative && !(self.whole.isEmpty && self.fraction.isEmpty)
    }

    var isZero: Bool { whole.isEmpty && fraction.isEmpty }

    /// With so many decimals, halves away from zero as PHP rounds.
    func rounded(to places: Int) -> DecimalText {
        guard fraction.count > places else { return self }
        var digits = whole + fraction.prefix(places)
        guard fraction[places] >= 5 else {
            return DecimalText(isNegative, Array(digits.dropLast(places)), Array(digits.suffix(places)))
        }
        var index = digits.endIndex - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 { digits[index] += 1 } else { digits.insert(1, at: 0) }
        return DecimalText(isNegative, Array(digits.dropLast(places)), Array(digits.suffix(places)))
    }

    /// As `number_format` of PHP shows it.
    func formatted(places: Int, point: String, separator: String) -> String {
        let number = rounded(to: places)
        let digits = number.whole.isEmpty ? [0] : number.whole
        var text = number.isNegative ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += separator }
            text += String(digit)
        }
        guard places > 0 else { return text }
        let decimals = number.fraction + Array(repeating: 0, count: max(0, places - number.fraction.count))
        return text + point + decimals.map { String($0) }.joined()
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension DecimalText: Comparable {
    static func < (left: DecimalText, right: DecimalText) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    /// By magnitude.
    private func isSmaller(than other: DecimalText) -> Bool {
        if whole.count != other.whole.count { return whole.count < other.whole.count }
        if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
        return fraction.lexicographicallyPrecedes(other.fraction)
    }
}
