/// Exact reading of decimal text, byte by byte, with checked arithmetic.
package enum Decimals {
    /// `249.95` with two places is 24995. Nil for anything that is not wholly a number, or has digits left over.
    package static func scaled(_ text: some Collection<UInt8>, places: Int) -> WholeNumber? {
        (places == 0 ? plainInteger(text) : nil).flatMap(WholeNumber.init) ?? decimal(text, places: places)
    }

    private static func decimal(_ text: some Collection<UInt8>, places: Int) -> WholeNumber? {
        var bytes = text[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        guard bytes.first.map(isDigit) == true else { return nil }

        let whole = bytes.prefix(while: isDigit)
        bytes = bytes.dropFirst(whole.count)
        var fraction = bytes.prefix(0)
        if bytes.first == UInt8(ascii: ".") {
            bytes = bytes.dropFirst()
            fraction = bytes.prefix(while: isDigit)
            guard !fraction.isEmpty else { return nil }
            bytes = bytes.dropFirst(fraction.count)
        }
        guard let exponent = exponent(bytes) else { return nil }
        return value(of: Array(whole) + Array(fraction), shiftedBy: places + exponent - fraction.count, isNegative)
            .flatMap(WholeNumber.init)
    }

    /// Digits and nothing else, no more than any Int64 has: most numbers there are.
    private static func plainInteger(_ text: some Collection<UInt8>) -> Int64? {
        guard (1...18).contains(text.count) else { return nil }
        var value: Int64 = 0
        for byte in text {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int64(byte &- UInt8(ascii: "0"))
        }
        return value
    }

    private static func exponent(_ text: some Collection<UInt8>) -> Int? {
        guard let mark = text.first else { return 0 }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return nil }
        var rest = text.dropFirst()
        let sign = rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        // Three digits reach beyond every number that fits; more are not worth reading.
        guard (1...3).contains(rest.count), rest.allSatisfy(isDigit) else { return nil }
        let size = rest.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
        return sign == UInt8(ascii: "-") ? -size : size
    }

    private static func value(of digits: [UInt8], shiftedBy shift: Int, _ isNegative: Bool) -> Int64? {
        var digits = digits[...]
        if shift < 0 {
            // What is cut off must be zeros.
            guard digits.suffix(-shift).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits = digits.dropLast(-shift)
        }
        var value: Int64 = 0
        for digit in digits {
            guard let next = Self.next(value, Int64(digit &- UInt8(ascii: "0")), isNegative) else { return nil }
            value = next
        }
        if value == 0 { return 0 }
        for _ in 0..<max(0, shift) {
            guard let next = Self.next(value, 0, isNegative) else { return nil }
            value = next
        }
        return value
    }

    private static func next(_ value: Int64, _ digit: Int64, _ isNegative: Bool) -> Int64? {
        let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
        guard !overflowed else { return nil }
        let (sum, overflowedAgain) =
            isNegative
            ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
        return overflowedAgain ? nil : sum
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
