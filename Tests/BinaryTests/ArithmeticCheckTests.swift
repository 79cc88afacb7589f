import Basics
import Foundation
import Support
import Testing

/// The source check that keeps unchecked reckoning with numbers from outside out of the program (`deploy/arithmetic`).
@Suite struct ArithmeticCheckTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func check(_ lines: [String]? = nil) async throws -> (status: Int32, words: String) {
        var folder: [String] = []
        if let lines {
            let path = Binary.folder()
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let text = "func f(_ number: WholeNumber) {\n" + lines.joined(separator: "\n") + "\n}\n"
            try text.write(toFile: path + "/Bad.swift", atomically: true, encoding: .utf8)
            folder = [path]
        }
        defer { for path in folder { try? FileManager.default.removeItem(atPath: path) } }
        let program = try Program(root.appendingPathComponent("deploy/arithmetic"), folder, [:])
        try await eventually("the end of deploy/arithmetic") { !program.isRunning }
        return (program.status, program.output)
    }

    @Test func `the program's own source passes`() async throws {
        let checked = try await Self.check()
        #expect(checked.status == 0, "\(checked.words)")
    }

    @Test(
        arguments: [
            ["abs(count) <= countMax"], ["let sum = number.int64 + 10"], ["return 10 - number.int64"],
            ["move(by: -number.int64)"], ["total += number.int64"], ["let last = (row.integer(at: 3) ?? 0) + 1"],
            ["let weight = row.integer(at: 3) ?? 0", "return weight + 10"],
            ["let count = Int(text) ?? 0", "count *= 2"],
            ["let id = WholeNumber(strict: text)?.int64 ?? 0", "return -id"],
            ["let weight = wish ?? attribute.weight + 10"],
            ["let count: Int64 = try row[\"count\"]", "let next = count + 1"], ["return try row[\"count\"] * 2"],
            ["guard let a = number.integer?.int64 else {}", "b = a &+ 1"],
        ])
    func `unchecked reckoning is refused`(_ lines: [String]) async throws {
        let checked = try await Self.check(lines)
        #expect(checked.status != 0)
        #expect(checked.words.contains("Bad.swift:\(lines.count + 1): "))
    }

    @Test(arguments: ["return row.integer(at: plan.keyColumn)", "let name = rows[0].cell(at: 3)"])
    func `a column is read by its place only by the code of plans`(_ line: String) async throws {
        let checked = try await Self.check([line])
        #expect(checked.status != 0)
        #expect(checked.words.contains("Bad.swift:2: a column read by its place"))
    }

    @Test(
        arguments: [
            ["let next = number.adding(10)"], ["(0...9).contains(number.int64)"], ["let large = number.magnitude > 10"],
            ["let sum = a + b"], ["return try row[\"count\"] ?? 0"], ["let list = ids + [number.int64]"],
            ["// number.int64 + 10"], ["let all = number.int64 + 1  // bounded: two digits"],
            ["let text = \"a\" + \"b\""], ["let name: String = try row[\"name\"]", "return name + text"],
        ])
    func `what cannot overflow is let through`(_ lines: [String]) async throws {
        let checked = try await Self.check(lines)
        #expect(checked.status == 0, "\(checked.words)")
    }
}
