import Basics
import Support
import Templates
import Testing

/// Texts from nowhere: refused, or shown, and in time. What would end the process ends the test.
@Suite struct TemplateFuzzTests {
    private static let good = [
        "<{if $a.b == 'x' and not $c}>1<{elseif $d|default:5 >= 2}>2<{else}>3<{/if}>",
        "<{foreach $list as $k => $v}><{$k|upper}>=<{$v nofilter}>;<{foreachelse}>none<{/foreach}>",
        "<{foreach from=$list item=v key=k}><{if $v > 1 || $k <= 3 && !$b}><{$v|number_format:2:',':'.'}><{/if}><{/foreach}>",
        "<{$text|truncate:20:'…':true:true|escape:'javascript'}><{* no *}><{literal}>{}<{/literal}>",
        "<{$when|date_format:'%A %d %B %Y %H:%M:%S'}> <{$text|lower|escape:'url'}> <{(1)}>",
    ]
    private static let pieces = [
        "<{", "}>", "{", "}", "<", ">", "if ", "else", "elseif ", "/if", "foreach ", "/foreach", "foreachelse",
        "literal", "/literal",
        "$list", "$a.b.c.d", "$", ".", "|", ":", "escape", "truncate", "number_format", "date_format", "default",
        "upper", "'",
        "\"", "\\", "as ", "=>", "from=", "item=", "key=", "==", "<=", "(", ")", "!", "&&", " and ", "nofilter", "*",
        "*}>", "<{*", "0",
        "-9223372036854775808", "99999999999999999999999999", "1e999", "0.1", "\n", "\u{0}", "é", "e\u{301}", "👩‍👩‍👧",
        "\u{202E}", "\u{600}",
    ]
    private static let values: JSON = [
        "list": [1, "2", .null, true, ["x": "y"], "</script>"], "a": ["b": ["c": ["d": "deep"]]],
        "d": -9_007_199_254_740_991,
        "text": "Æbler & <pærer> e\u{301} 👩‍👩‍👧 \u{600}", "when": 253_402_300_799, "b": false,
    ]

    /// Shows what is a template; everything within its bounds, whatever it is.
    private func tryOut(_ text: String) {
        var budget = TemplateBudget(steps: 2000, bytes: 20_000)
        guard let template = try? Template(text), case .object(let values) = Self.values else { return }
        let shown = try? template.render(values, within: &budget)
        #expect((shown?.utf8.count ?? 0) <= 20_000, "\(text.debugDescription)")
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `random bytes are harmless`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<1000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            tryOut("<{" + String(decoding: bytes, as: UTF8.self) + "}>")
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `good templates with something changed are harmless`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<1000 {
            var bytes = Array((Self.good.randomElement(using: &dice) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &dice) {
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
                case 1: bytes.removeSubrange(place..<min(place + 3, bytes.count - 1))
                default: bytes.insert(contentsOf: (Self.pieces.randomElement(using: &dice) ?? "").utf8, at: place)
                }
            }
            tryOut(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `words of the language in any order are harmless`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<2000 {
            let count = Int.random(in: 1..<40, using: &dice)
            tryOut("<{" + (0..<count).map { _ in Self.pieces.randomElement(using: &dice) ?? "" }.joined())
        }
    }

    @Test func `each piece repeated to the bound is read within its time`() {
        let clock = ContinuousClock()
        for piece in Self.pieces + Self.good {
            for start in ["", "<{", "<{if ", "<{$x|", "<{'"] {
                let text = start + String(repeating: piece, count: (Template.bytesMax - 10) / piece.utf8.count)
                let time = clock.measure { tryOut(text) }
                #expect(time < .seconds(5), "\(start)\(piece)… took \(time)")
            }
        }
    }
}
