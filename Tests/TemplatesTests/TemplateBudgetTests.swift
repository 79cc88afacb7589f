import Basics
import Support
import Templates
import Testing

/// A template ends when it has used up what it may.
@Suite struct TemplateBudgetTests {
    private static let many: JSON = ["x": .array((0..<1000).map { .number(JSONNumber(Int64($0))) })]

    @Test func `loops in loops stop at their steps`() {
        let text = String(repeating: "<{foreach $x as $y}>", count: 20) + String(repeating: "<{/foreach}>", count: 20)
        #expect(show(text, Self.many) == "stopped: steps")
    }

    @Test func `a giant output stops at its bytes`() {
        let long = String(repeating: "y", count: 1000)
        #expect(show("<{foreach $x as $y}>\(long)<{/foreach}>", Self.many) == "stopped: bytes")
        #expect(show("<{$y nofilter}>", ["y": .string(String(repeating: "y", count: 300_000))]) == "stopped: bytes")
        #expect(show("<{$y}>", ["y": .string(String(repeating: "\"", count: 100_000))]) == "stopped: bytes")
    }

    @Test func `a value that doubles with each modifier stops before it is large`() {
        let slashes: JSON = ["y": .string(String(repeating: "\\", count: 60_000))]
        let doubled = String(repeating: "|escape:'javascript'", count: 16)
        #expect(show("<{$y\(doubled)}>", slashes) == "stopped: bytes")
        let wide: JSON = ["y": .string(String(repeating: "%F", count: 30_000))]
        #expect(show("<{1|date_format:$y}>", wide) == "stopped: bytes")
        #expect(show("<{'123456789012345678'|number_format:2:$y:$y}>", wide) == "stopped: bytes")
        #expect(show("<{'ab'|truncate:1:$y}>", wide).utf8.count == 60_000)
    }

    @Test func `comparisons and modifiers of long texts cost by their length`() {
        let long: JSON = .string(String(repeating: "é", count: 100_000))
        let values: JSON = ["x": Self.many["x"], "a": long, "b": long]
        for tag in ["<{if $a == $b}><{/if}>", "<{if $a|upper}><{/if}>", "<{if $a|truncate:5}><{/if}>"] {
            #expect(show("<{foreach $x as $y}>\(tag)<{/foreach}>", values) == "stopped: steps")
        }
    }

    @Test func `templates that share a budget share it`() throws {
        var budget = TemplateBudget(steps: 100, bytes: 10)
        let template = try Template("12345")
        for _ in 0..<2 { #expect(try template.render(JSONObject(), within: &budget) == "12345") }
        #expect(throws: TemplateBudget.Exhausted.bytes) { try template.render(JSONObject(), within: &budget) }
    }
}
