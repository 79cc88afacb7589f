import Persistence
import Testing

/// Statements whose values are bound and never pasted.
@Suite struct SQLTests {
    @Test func `a value becomes a placeholder`() {
        let name = "Robert'); DROP TABLE products;--"
        let sql: SQL = "SELECT 1 FROM brands WHERE brand_id = \(Int64(7)) AND name = \(name) AND hidden = \(true)"
        #expect(sql.text == "SELECT 1 FROM brands WHERE brand_id = ? AND name = ? AND hidden = ?")
        #expect(sql.values == [.integer(7), .text(name), .integer(1)])
    }

    @Test func `a piece brings its values, in the order of the text`() {
        let condition: SQL = "b = \(Int64(2)) AND c = \("three")"
        let sql: SQL = "SELECT a FROM t WHERE a = \(Int64(1)) AND (\(condition)) AND (\(condition)) LIMIT \(Int64(4))"
        #expect(sql.text == "SELECT a FROM t WHERE a = ? AND (b = ? AND c = ?) AND (b = ? AND c = ?) LIMIT ?")
        let values: [SQLValue] = [.integer(1), .integer(2), .text("three"), .integer(2), .text("three"), .integer(4)]
        #expect(sql.values == values)
    }

    @Test func `nothing is null`() {
        let nothing: Int64? = nil
        let sql: SQL = "UPDATE t SET a = \(nothing), b = \(Optional("x"))"
        #expect(sql.text == "UPDATE t SET a = ?, b = ?")
        #expect(sql.values == [.null, .text("x")])
    }

    @Test func `a list binds each of its values, and an empty one matches nothing`() {
        let some: SQL = "a IN (\(SQL.list([Int64(3), 1, 2])))"
        #expect(some.text == "a IN (?, ?, ?)")
        #expect(some.values == [.integer(3), .integer(1), .integer(2)])
        let none: SQL = "a IN (\(SQL.list([Int64]())))"
        #expect(none.text == "a IN (NULL)")
        #expect(none.values.isEmpty)
    }

    @Test func `raw text stands where it is put`() {
        let sql: SQL = "SELECT \(raw: "a, b") FROM t WHERE a = \(Int64(1))" + " ORDER BY \(raw: "a")"
        #expect(sql.text == "SELECT a, b FROM t WHERE a = ? ORDER BY a")
        #expect(SQL.joined(["a", "b = \(Int64(2))", "c"], by: " AND ").text == "a AND b = ? AND c")
        #expect(SQL("").isEmpty)
    }

    @Test func `many values are numbered to the last`() {
        let sql = SQL.list((1...300).map { Int64($0) })
        #expect(sql.text.hasSuffix(", ?, ?"))
        #expect(sql.values.count == 300)
    }
}
