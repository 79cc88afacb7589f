import Commerce
import Exchange
import Testing

/// Comma separated values as people and spreadsheets write them (RFC 4180).
@Suite struct CSVReaderTests {
    /// Reads text in pieces of so many bytes.
    private static func reader(_ bytes: [UInt8], pieces: Int = 7) -> CSVReader {
        var rest = bytes[...]
        return CSVReader {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(pieces) }
            return Array(rest.prefix(pieces))
        }
    }

    private static func records(_ text: String, pieces: Int = 7) throws -> [CSVReader.Record] {
        var reader = reader(Array(text.utf8), pieces: pieces)
        var records: [CSVReader.Record] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]), ("a,b\n1,2", [["a", "b"], ["1", "2"]]), ("", []), ("\n\n", []),
            (",\n,,\n", [["", ""], ["", "", ""]]), ("\"a\",\"\"\n", [["a", ""]]),
            ("\"a \"\"b\"\"\",c\n", [["a \"b\"", "c"]]), ("\"a,b\",\"c\r\nd\"\n", [["a,b", "c\r\nd"]]),
            ("a\n\n\nb\n", [["a"], ["b"]]), ("\u{FEFF}a,b\n1,\u{FEFF}2\n", [["a", "b"], ["1", "\u{FEFF}2"]]),
            ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
            (" a , b \n", [[" a ", " b "]]), ("æ,😀\n", [["æ", "😀"]]), ("a\"b,c\n", [["a\"b", "c"]]),
        ])
    func `fields are read`(_ text: String, _ fields: [[String]]) throws {
        for pieces in [1, 2, 7, 4096] {
            #expect(try Self.records(text, pieces: pieces).map(\.fields) == fields, "in pieces of \(pieces)")
        }
    }

    @Test func `a record knows its number and its physical line`() throws {
        let records = try Self.records("h\n\n\"one\ntwo\r\nthree\"\nlast\n", pieces: 1)
        #expect(records.map(\.number) == [0, 1, 2])
        #expect(records.map(\.line) == [1, 3, 6])
    }

    @Test func `a quote that is never closed is refused where it began`() throws {
        var reader = Self.reader(Array("h\n1\n\"open\n2\n3\n".utf8), pieces: 1)
        for _ in 0..<2 { _ = try reader.next() }
        let failure = #expect(throws: CSVReader.Failure.self) { try reader.next() }
        #expect(failure?.line == 3)
        #expect(failure?.record == 2)
        #expect(failure?.reason == "a quote is never closed")
        let rest = try reader.next()
        #expect(rest == nil)
    }

    @Test(
        arguments: [
            (Array("\"a\"b,c\n".utf8), "text stands behind a closing quote"), ([0xFF, 10], "is not UTF-8 text"),
            ([0x61, 0x00, 10], "is not UTF-8 text"),
            (
                [UInt8](repeating: 0x61, count: 1_048_577) + [10],
                "a field has more than 1048576 bytes, or its quote is never closed"
            ),
        ] as [([UInt8], String)])
    func `a record that cannot be read does not stop the next one`(_ bad: [UInt8], _ reason: String) throws {
        var reader = Self.reader(Array("h\n".utf8) + bad + Array("good,row\n".utf8), pieces: 65_536)
        _ = try reader.next()
        let failure = #expect(throws: CSVReader.Failure.self) { try reader.next() }
        #expect(failure?.line == 2)
        #expect(failure?.reason == reason)
        let next = try reader.next()
        let good = try #require(next)
        #expect(good.fields == ["good", "row"])
        #expect(good.number == 2)
        #expect(good.line == 3)
    }
}
