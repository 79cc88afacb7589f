import Basics

extension TemplateSource {
    /// Segments of a path, and characters of a name, a number or what else has a bound.
    private static let segmentsMax = 16
    private static let nameMax = 64
    private static let digitsMax = 18

    /// The next word of the tag that is being read.
    mutating func token() throws(TemplateFault) -> Token {
        _ = take { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let start = offset
        guard let byte = next else { throw fault("the tag is not closed: write }> at its end", at: start) }
        if take("}>") { return Token(kind: .end, offset: start) }
        if take("$") { return Token(kind: .variable(try path(from: start)), offset: start) }
        if Self.isQuote(byte) { return Token(kind: .text(try quoted(byte)), offset: start) }
        if Self.isDigit(byte) || byte == UInt8(ascii: "-") {
            return Token(kind: .number(try number(from: start)), offset: start)
        }
        if Self.isName(byte) { return Token(kind: .word(try name()), offset: start) }
        for sign in Token.Sign.allCases where take(sign.rawValue) { return Token(kind: .sign(sign), offset: start) }
        throw fault("\(shown) means nothing in a tag", at: start)
    }

    private mutating func path(from start: Int) throws(TemplateFault) -> [String] {
        var path: [String] = []
        repeat {
            guard let byte = next, Self.isName(byte) else {
                throw fault("a variable is written like $shop.name, with letters, digits and _", at: start)
            }
            path.append(try name())
            guard path.count <= Self.segmentsMax else {
                throw fault("a variable has at most \(Self.segmentsMax) names", at: start)
            }
        } while take(".")
        return path
    }

    private mutating func name() throws(TemplateFault) -> String {
        let start = offset
        let bytes = take(while: Self.isName)
        guard bytes.count <= Self.nameMax else {
            throw fault("a name has at most \(Self.nameMax) characters", at: start)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func number(from start: Int) throws(TemplateFault) -> String {
        let isNegative = take("-")
        let whole = take(while: Self.isDigit)
        var digits = whole
        if take(".") { digits += [UInt8(ascii: ".")] + take(while: Self.isDigit) }
        guard !whole.isEmpty, digits.last != UInt8(ascii: "."), digits.count <= Self.digitsMax else {
            throw fault("a number is written like 5, -5 or 2.50, with at most \(Self.digitsMax) digits", at: start)
        }
        return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }

    /// A text in quotes, in which `\` stands before a quote or itself, and `\n` is a new line.
    private mutating func quoted(_ quote: UInt8) throws(TemplateFault) -> String {
        let start = offset
        skip()
        var bytes: [UInt8] = []
        while let byte = next, byte != quote {
            skip()
            if quote == UInt8(ascii: "\""), byte == UInt8(ascii: "$"), let next, Self.isName(next), !Self.isDigit(next)
            {
                throw fault("variables are not filled in between quotes; write them outside, or use '", at: start)
            }
            if byte == UInt8(ascii: "\\"), let escaped = next, Self.isQuote(escaped) || "\\n".utf8.contains(escaped) {
                skip()
                bytes.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
            } else {
                bytes.append(byte)
            }
        }
        guard !isAtEnd else { throw fault("the text is not closed: write \(shown(quote)) at its end", at: start) }
        skip()
        return String(decoding: bytes, as: UTF8.self)
    }

    private var shown: String { next.map(shown) ?? "the end" }

    /// A byte for a message: what is no plain sign is not repeated.
    private func shown(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? String(decoding: [byte], as: UTF8.self) : "this character"
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }
}
