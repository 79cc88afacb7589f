/// Reads one JSON document strictly: RFC 8259 grammar, valid UTF-8, no repeated names, no NUL, no lone surrogates, limits on
/// depth, width and the number of values. Foundation's reader accepts trailing commas and repeated names and is slow on deep
/// input, so a request never reaches it.
package struct JSONParser {
    /// Why a document was refused, and at which byte.
    package struct Failure: Error, Equatable {
        package enum Kind: Sendable {
            case grammar, tooManyRows, tooManyValues
        }

        package let offset: Int
        package let reason: String
        package var kind = Kind.grammar
    }

    /// Deeper than any body of ours, shallow enough to be cheap.
    package static let depthMax = 32
    package static let membersMax = 1000
    /// More than 16 MB of usual rows have; each takes some 60 bytes of memory.
    package static let valuesMax = 1_000_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private var values = 0
    private let rowsMax: Int?

    /// Parses a whole document.
    /// - Parameter rowsMax: how many elements it may have where it is an array.
    package static func parse(_ bytes: [UInt8], rowsMax: Int? = nil) throws(Failure) -> JSON {
        do {
            // Looked at where it lies: a text made of it would be a copy.
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw Failure(offset: 0, reason: "is not valid UTF-8")
        }
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSON, Failure> in
            var parser = JSONParser(bytes: buffer, rowsMax: rowsMax)
            do throws(Failure) {
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, rowsMax: Int?) {
        self.bytes = bytes
        self.rowsMax = rowsMax
    }

    private mutating func document() throws(Failure) -> JSON {
        skipSpace()
        guard position < bytes.count else { throw failure("is empty") }
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw failure("has text after its end") }
        return value
    }

    private mutating func value() throws(Failure) -> JSON {
        values += 1
        guard values <= Self.valuesMax else {
            throw failure("has more than \(Self.valuesMax) values", .tooManyValues)
        }
        switch peek() {
        case UInt8(ascii: "{"): return try nested { (parser) throws(Failure) in .object(try parser.object()) }
        case UInt8(ascii: "["): return try nested { (parser) throws(Failure) in .array(try parser.array()) }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws(Failure) -> JSON) throws(Failure) -> JSON {
        depth += 1
        guard depth <= Self.depthMax else { throw failure("is nested deeper than \(Self.depthMax) levels") }
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(Failure) -> JSONObject {
        var members: [JSONObject.Member] = []
        var names = Names()
        skipSpace()
        if take(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw failure("needs a name in quotes here") }
            let name = try string()
            guard names.insert(ExactText(name)) else { throw failure("has the name \"\(name)\" twice in one object") }
            guard names.count <= Self.membersMax else { throw failure("has an object with more than 1000 members") }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("needs a colon here") }
            skipSpace()
            members.append(JSONObject.Member(name, try value()))
            skipSpace()
            if take(UInt8(ascii: "}")) { return JSONObject(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("needs a comma or } here") }
        }
    }

    /// The names of one object. Few are compared faster than they are hashed.
    private struct Names {
        private static let few = 24
        private var listed: [ExactText] = []
        private var hashed: Set<ExactText> = []

        var count: Int { max(listed.count, hashed.count) }

        /// Answers false where the name is there already.
        mutating func insert(_ name: ExactText) -> Bool {
            if hashed.isEmpty {
                if listed.contains(name) { return false }
                listed.append(name)
                if listed.count > Self.few { hashed = Set(listed) }
                return true
            }
            return hashed.insert(name).inserted
        }
    }

    private mutating func array() throws(Failure) -> [JSON] {
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return [] }
        while true {
            skipSpace()
            if let rowsMax, depth == 1, elements.count == rowsMax {
                throw failure("has more than \(rowsMax) rows, which is all it may have", .tooManyRows)
            }
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw failure("needs a comma or ] here") }
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(Failure) -> JSON {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw failure("ends in the middle of a word") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw failure("has a word that is not true, false or null")
        }
        position += length
        return value
    }

    private mutating func number() throws(Failure) -> JSONNumber {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            // A leading zero stands alone.
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return JSONNumber(text: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(Failure) {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw failure("needs a value here") }
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        let plain = scanPlain(from: position)
        if plain < bytes.count, bytes[plain] == UInt8(ascii: "\"") {
            position = plain + 1
            return String(decoding: bytes[start..<plain], as: UTF8.self)
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var text: [UInt8] = []
        position = start
        while true {
            let plain = scanPlain(from: position)
            text.append(contentsOf: bytes[position..<plain])
            position = plain
            guard let byte = peek() else { throw failure("ends inside a text") }
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else { throw failure("has a control character inside a text") }
            try escape(into: &text)
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard let byte = peek() else { throw failure("ends inside a text") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"): text.append(contentsOf: UTF8.encode(try scalar()) ?? .init())
        default: throw failure("has an unknown escape in a text")
        }
    }

    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        let first = try unit()
        var code = UInt32(first)
        if (0xD800..<0xDC00).contains(first) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure("has half a surrogate pair") }
            let second = try unit()
            guard (0xDC00..<0xE000).contains(second) else { throw failure("has half a surrogate pair") }
            code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        }
        // Postgres cannot store NUL in text, so it is refused for both engines.
        guard code != 0, let scalar = Unicode.Scalar(code) else { throw failure("has NUL or half a surrogate pair") }
        return scalar
    }

    private mutating func unit() throws(Failure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Self.hexValue(byte) else {
                throw failure("needs four hex digits after \\u")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    private func scanPlain(from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        return PlainText.end(base, from: start, to: bytes.count)
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private func failure(_ reason: String, _ kind: Failure.Kind = .grammar) -> Failure {
        Failure(offset: position, reason: reason, kind: kind)
    }
}
