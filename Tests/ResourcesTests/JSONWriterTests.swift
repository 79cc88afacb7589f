import Basics
import Resources
import Support
import Testing

/// Numbers, money and text as bytes.
@Suite struct JSONWriterTests {
    private static func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 1)
        write(&writer)
        return writer.text
    }

    @Test(arguments: [0, 1, -1, 9, 10, 99, 100, -100, 1_000_000, Int64.max, Int64.min])
    func `an integer is written as Swift writes it`(_ value: Int64) {
        #expect(Self.written { $0.integer(value) } == String(value))
    }

    @Test(
        arguments: [
            (24995, 2, "249.95"), (10000, 2, "100"), (10, 2, "0.1"), (1, 2, "0.01"), (-1, 2, "-0.01"), (0, 2, "0"),
            (-24990, 2, "-249.9"), (7, 0, "7"), (1250, 2, "12.5"), (1001, 3, "1.001"), (1010, 3, "1.01"),
            (.max, 2, "92233720368547758.07"), (.min, 2, "-92233720368547758.08"), (.min, 0, "-9223372036854775808"),
        ] as [(Int64, Int, String)])
    func `a decimal has the digits it needs`(_ value: Int64, _ places: Int, _ text: String) {
        #expect(Self.written { $0.decimal(value, places: places) } == text)
        #expect(Decimals.scaled(text.utf8, places: places) == WholeNumber(value))
    }

    @Test func `random decimals come back as they were`() {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        for _ in 0..<5000 {
            let value = dice.roll(.min ... .max) >> dice.roll(0...62)
            let places = Int(dice.roll(0...4))
            let text = Self.written { $0.decimal(value, places: places) }
            #expect(
                Decimals.scaled(text.utf8, places: places) == WholeNumber(value),
                "seed \(seed): \(value), \(places) places")
        }
    }

    @Test(
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#), ("a/b", #""a/b""#),
            ("\u{1}\u{1F}\u{8}", #""\u0001\u001f\u0008""#), ("æøå😀\u{7F}", "\"æøå😀\u{7F}\""),
            ("1234567\"", #""1234567\"""#), ("12345678\"", #""12345678\"""#), ("\u{80}\u{FF}ÿ", "\"\u{80}\u{FF}ÿ\""),
        ])
    func `a text is escaped where it must be`(_ text: String, _ json: String) {
        #expect(Self.written { $0.string(text) } == json)
    }

    @Test func `a long text keeps every byte`() {
        let text = String(repeating: "0123456789\\", count: 10_000)
        #expect(Self.written { $0.string(text) }.utf8.count == 2 + 12 * 10_000)
        #expect((try? JSONParser.parse(JSON.string(text).bytes)) == .string(text))
    }
}
