import Basics
import Foundation
import Support
import Templates
import Testing

/// `docs/templates.md` says what templates show.
@Suite struct TemplateGuideTests {
    private struct Block {
        let kind: String
        let line: Int
        let text: String
    }

    private static func blocks() throws -> [Block] {
        let guide = URL(filePath: #filePath).appending(path: "../../../docs/templates.md").standardizedFileURL
        let lines = try String(contentsOf: guide, encoding: .utf8).components(separatedBy: "\n")
        var blocks: [Block] = []
        var open: (kind: String, line: Int)?
        var text: [String] = []
        for (index, line) in lines.enumerated() {
            if let kind = open, line == "```" {
                blocks.append(Block(kind: kind.kind, line: kind.line, text: text.joined(separator: "\n")))
                (open, text) = (nil, [])
            } else if open != nil {
                text.append(line)
            } else if line.hasPrefix("```") {
                open = (String(line.dropFirst(3)), index + 1)
            }
        }
        return blocks
    }

    @Test func `every example of the guide shows what it says`() throws {
        let blocks = try Self.blocks()
        let values = try #require(blocks.first { $0.kind == "json" })
        guard case .object(let object) = try JSONParser.parse(Array(values.text.utf8)) else {
            throw Missing("the values of the guide")
        }
        var count = 0
        for (template, said) in zip(blocks, blocks.dropFirst()) where template.kind == "smarty" {
            count += 1
            #expect(shown(template.text, object) == said.text, "line \(template.line)")
        }
        #expect(count >= 8)
    }

    private func shown(_ text: String, _ values: JSONObject) -> String {
        var budget = TemplateBudget()
        do {
            return try Template(text).render(values, within: &budget)
        } catch let fault as TemplateFault {
            return fault.words
        } catch {
            return "\(error)"
        }
    }

    private struct Missing: Error {
        let what: String

        init(_ what: String) { self.what = what }
    }
}
