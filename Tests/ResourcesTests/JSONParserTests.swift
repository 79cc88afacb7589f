import Basics
import Resources
import Support
import Testing

/// What a JSON document may be (RFC 8259), and what ours may not.
@Suite struct JSONParserTests {
    private static func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", JSON.null), ("true", true), (" false\r\n\t", false), ("0", 0), ("-7", -7), (#""""#, ""),
            ("[]", []), ("{}", [:]), (" [ 1 , [ ] , { } ] ", [1, [], [:]]),
            (#"{"a":1,"b":{"a":null}}"#, ["a": 1, "b": ["a": nil]]),
            (#""\"\\\/\b\f\n\r\t\u0041\u00e6""#, "\"\\/\u{8}\u{C}\n\r\tAæ"),
            (#""\ud83d\ude00 😀""#, "😀 😀"), (#""\uD800\uDC00""#, "\u{10000}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
            ("\"\u{7F}\u{80}\u{2028}\"", "\u{7F}\u{80}\u{2028}"),
        ] as [(String, JSON)])
    func `a document is read`(_ text: String, _ value: JSON) throws {
        #expect(try Self.parse(text) == value)
    }

    @Test(
        arguments: [
            "", " ", "\u{FEFF}1", "[1,]", "{\"a\":1,}", "[,1]", "[1,,2]", "[1 2]", "{\"a\" 1}", "{\"a\":}", "{a:1}",
            "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}", "[", "]", "{", "}", "[1", "{\"a\":1", "[1}", "{\"a\":1]", "1 2",
            "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "undefined", "// c\n1", "/* c */1", "\u{B}1",
            "\u{A0}1", "01", "-01", "00", "+1", "-", ".5", "5.", "1.e3", "1e", "1e+", "0x10", "1_000", "--1", "- 1",
        ])
    func `what is no JSON is refused`(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try Self.parse(text) }
    }

    @Test(
        arguments: [
            #"""#, #""abc"#, #""\"#, #""\x41""#, #""\u12""#, #""\u12G4""#, #""\ud800""#, #""\ud800x""#, #""\ud800\n""#,
            #""\ud800\ud800""#, #""\udc00""#, #""\u0000""#, "\"a\nb\"", "\"a\tb\"", "\"a\u{0}b\"", "\"\u{1F}\"",
        ])
    func `a text that is broken is refused`(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try Self.parse(text) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x5B, 0x00, 0x5D], [0xEF, 0xBB, 0xBF, 0x31],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 text are refused`(_ bytes: [UInt8]) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(bytes) }
    }

    @Test func `a name comes once in an object, however it is spelled`() {
        #expect(throws: JSONParser.Failure.self) { try Self.parse(#"{"a":1,"b":2,"a":3}"#) }
        #expect(throws: JSONParser.Failure.self) { try Self.parse(#"{"a":1,"\u0061":2}"#) }
        #expect(throws: Never.self) { try Self.parse(#"{"a":1,"A":2,"b":{"a":1}}"#) }
    }

    @Test func `thirty-two levels are read and thirty-three refused`() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ depth: Int) -> String {
                let core = open == "[" ? "" : "1"
                return String(repeating: open, count: depth) + core + String(repeating: close, count: depth)
            }
            #expect(throws: Never.self) { try Self.parse(nested(32)) }
            #expect(throws: JSONParser.Failure.self) { try Self.parse(nested(33)) }
            #expect(throws: JSONParser.Failure.self) { try Self.parse(String(repeating: open, count: 1_000_000)) }
        }
        #expect(throws: Never.self) {
            try Self.parse("[" + String(repeating: "[[]],", count: 1000) + "1]")
        }
    }

    @Test func `an object has at most a thousand members`() throws {
        func members(_ count: Int) -> String { "{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}" }
        #expect(try Self.parse(members(1000)).names.count == 1000)
        #expect(throws: JSONParser.Failure.self) { try Self.parse(members(1001)) }
    }

    @Test func `the row that is one too many is refused where it begins`() throws {
        func rows(_ count: Int, _ row: String) -> [UInt8] {
            Array(("[" + Array(repeating: row, count: count).joined(separator: ",") + "]").utf8)
        }
        for row in ["0", "[[],[0,0,0]]", #"{"a":[1,2]}"#] {
            #expect(throws: Never.self) { try JSONParser.parse(rows(1000, row), rowsMax: 1000) }
            let failure = #expect(throws: JSONParser.Failure.self) {
                try JSONParser.parse(rows(1001, row), rowsMax: 1000)
            }
            #expect(failure?.kind == .tooManyRows)
            #expect(failure?.offset == 1 + 1000 * (row.utf8.count + 1))
        }
        // What comes behind it is not looked at, and an array within is no list of rows.
        let failure = #expect(throws: JSONParser.Failure.self) {
            try JSONParser.parse(Array("[1,2,3,nonsense".utf8), rowsMax: 2)
        }
        #expect(failure?.kind == .tooManyRows)
        #expect(throws: Never.self) { try JSONParser.parse(Array("[[1,2,3]]".utf8), rowsMax: 2) }
    }

    @Test func `a document has at most a million values, wherever they stand`() throws {
        func values(_ count: Int) -> [UInt8] {
            // The list itself and two lists in it are values too.
            let half = Array(repeating: "0", count: (count - 3) / 2).joined(separator: ",")
            return Array("[[\(half)],[\(half)]]".utf8)
        }
        #expect(throws: Never.self) { try JSONParser.parse(values(999_999)) }
        let failure = #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(values(1_000_001)) }
        #expect(failure?.kind == .tooManyValues)
    }

    @Test func `a text of escapes alone is read`() throws {
        let letters = ["\\u0041", "\\u00e6", "\\u20AC", "\\uD83D\\uDE00"]
        let text = String(repeating: letters.joined(), count: 1000)
        let expected = String(repeating: "A\u{e6}\u{20ac}\u{1f600}", count: 1000)
        #expect(try Self.parse("\"\(text)\"") == .string(expected))
    }

    @Test func `a number keeps its text, however large`() throws {
        for text in ["1e400", "-1E-400", "0.10", "123456789012345678901234567890", "1.0"] {
            #expect(try Self.parse(text) == .number(JSONNumber(text: text)))
        }
        #expect(try Self.parse("1e400").integer == .min)
    }

    @Test func `a failure says where`() {
        let failure = #expect(throws: JSONParser.Failure.self) { try Self.parse("[1,]") }
        #expect(failure?.offset == 3)
        #expect(failure?.reason == "needs a value here")
    }

    @Test func `members keep the order they came in`() throws {
        #expect(try Self.parse(#"{"b":1,"a":2,"c":3}"#).names == ["b", "a", "c"])
    }
}
