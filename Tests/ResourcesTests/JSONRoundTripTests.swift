import Basics
import Resources
import Support
import Testing

/// What the writer writes, the parser reads.
@Suite struct JSONRoundTripTests {
    private static func document(_ dice: inout Dice, depth: Int) -> JSON {
        switch dice.roll(0...(depth == 0 ? 4 : 6)) {
        case 0: .null
        case 1: .bool(dice.roll(0...1) == 1)
        case 2: .number(dice.roll(.min ... .max))
        case 3: .number(decimal(&dice))
        case 4: .string(text(&dice))
        case 5: .array((0..<dice.roll(0...5)).map { _ in document(&dice, depth: depth - 1) })
        default: .object(object(&dice, depth: depth))
        }
    }

    private static func object(_ dice: inout Dice, depth: Int) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<dice.roll(0...5) {
            let name = text(&dice)
            if object[name] == nil { object.append(name, document(&dice, depth: depth - 1)) }
        }
        return object
    }

    private static func decimal(_ dice: inout Dice) -> JSONNumber {
        var writer = JSONWriter()
        writer.decimal(dice.roll(.min ... .max), places: Int(dice.roll(0...4)))
        return JSONNumber(text: writer.text)
    }

    /// Every kind of character that is written its own way, and lengths around the eight bytes of a step.
    private static func text(_ dice: inout Dice) -> String {
        let kinds: [ClosedRange<UInt32>] = [
            0x01...0x1F, 0x20...0x7F, 0x22...0x22, 0x5C...0x5C, 0x41...0x5A, 0x80...0x7FF, 0x800...0xD7FF,
            0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        let plain = dice.roll(0...1) == 0
        var text = ""
        for _ in 0..<dice.roll(0...20) {
            let kind = plain ? kinds[4] : dice.pick(kinds)
            let code = UInt32(dice.roll(Int64(kind.lowerBound)...Int64(kind.upperBound)))
            if let scalar = Unicode.Scalar(code) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    @Test func `two thousand random documents come back equal`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        for number in 0..<2000 {
            let document = Self.document(&dice, depth: 5)
            let bytes = document.bytes
            try #require(try JSONParser.parse(bytes) == document, "seed \(seed), document \(number)")
            try #require(!bytes.contains { $0 < 0x20 }, "seed \(seed), document \(number)")
        }
    }

    @Test func `one byte of a document changed never crashes the parser`() {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = Self.document(&dice, depth: 4).bytes
            let index = Int(dice.roll(0...Int64(bytes.count - 1)))
            bytes[index] = UInt8(truncatingIfNeeded: dice.next())
            do { _ = try JSONParser.parse(Array(bytes)) } catch { refused += 1 }
            do { _ = try JSONParser.parse(Array(bytes.prefix(index))) } catch { refused += 1 }
        }
        #expect(refused > 1000, "seed \(seed)")
    }
}
