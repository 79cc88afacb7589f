/// Writes JSON bytes into memory it owns alone. Commas are placed by the caller, who knows the shape.
public struct JSONWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline package internal(set) var count = 0

    package init(capacity: Int = 2048) {
        self.capacity = max(64, capacity)
        base = .allocate(capacity: self.capacity)
    }

    deinit {
        base.deallocate()
    }

    /// What was written so far.
    package var bytes: [UInt8] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }

    package var text: String {
        String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
    }

    package func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    @inlinable public mutating func byte(_ byte: UInt8) {
        if count == capacity { grow(1) }
        base[count] = byte
        count += 1
    }

    @inlinable public mutating func raw(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        if count + source.count > capacity { grow(source.count) }
        UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: source.count)
        count += source.count
    }

    @inlinable public mutating func raw(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { raw($0) }
    }

    @inlinable public mutating func raw(_ text: StaticString) {
        raw(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func raw(_ text: String) {
        var text = text
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    @inlinable public mutating func null() {
        raw("null" as StaticString)
    }

    package mutating func integer(_ value: Int64) {
        if value < 0 { byte(UInt8(ascii: "-")) }
        digits(value.magnitude, atLeast: 1)
    }

    /// The digits of a number, padded with zeros on the left.
    package mutating func digits(_ value: UInt64, atLeast width: Int) {
        if count + 24 > capacity { grow(24) }
        var rest = value
        var length = 1
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        length = max(length, width)
        rest = value
        var index = count + length
        for _ in 0..<length {
            index -= 1
            base[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += length
    }

    /// `24995` with two places is `249.95`, and `10000` is `100`.
    package mutating func decimal(_ value: Int64, places: Int) {
        var unit: UInt64 = 1
        for _ in 0..<places { unit &*= 10 }
        if value < 0 { byte(UInt8(ascii: "-")) }
        let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: unit)
        digits(whole, atLeast: 1)
        guard fraction != 0 else { return }
        byte(UInt8(ascii: "."))
        var shown = fraction
        var width = places
        while shown % 10 == 0 {
            shown /= 10
            width -= 1
        }
        digits(shown, atLeast: width)
    }

    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    package mutating func string(_ text: UnsafeRawBufferPointer) {
        byte(UInt8(ascii: "\""))
        escaped(text)
        byte(UInt8(ascii: "\""))
    }

    /// The inside of a string, without its quotes.
    package mutating func escaped(_ text: UnsafeRawBufferPointer) {
        guard let start = text.bindMemory(to: UInt8.self).baseAddress else { return }
        var done = 0
        while true {
            let plain = PlainText.end(start, from: done, to: text.count)
            raw(UnsafeRawBufferPointer(start: start + done, count: plain - done))
            guard plain < text.count else { return }
            escape(start[plain])
            done = plain + 1
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"" as StaticString)
        case UInt8(ascii: "\\"): raw("\\\\" as StaticString)
        case 10: raw("\\n" as StaticString)
        case 13: raw("\\r" as StaticString)
        case 9: raw("\\t" as StaticString)
        default:
            raw("\\u00" as StaticString)
            self.byte(Self.hexDigit(byte >> 4))
            self.byte(Self.hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
    }

    @usableFromInline mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memory.moveInitialize(from: base, count: count)
        base.deallocate()
        base = memory
        capacity = larger
    }
}

extension JSONWriter {
    /// Writes a value that was read or built as a tree.
    package mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let flag): raw(flag ? "true" as StaticString : "false")
        case .number(let number): raw(number.text)
        case .string(let text): string(text)
        case .array(let elements):
            byte(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { byte(UInt8(ascii: ",")) }
                self.value(element)
            }
            byte(UInt8(ascii: "]"))
        case .object(let object):
            byte(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { byte(UInt8(ascii: ",")) }
                name(member.name)
                self.value(member.value)
            }
            byte(UInt8(ascii: "}"))
        }
    }

    package mutating func name(_ name: String) {
        string(name)
        byte(UInt8(ascii: ":"))
    }
}

extension JSON {
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The value as JSON text.
    package var serialized: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member($0, $1) }))
    }
}
