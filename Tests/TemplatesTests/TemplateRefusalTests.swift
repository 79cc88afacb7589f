import Basics
import Support
import Templates
import Testing

/// What is no template is refused, with its place and what would be right.
@Suite struct TemplateRefusalTests {
    @Test(arguments: [
        ("<{if $x}>", "line 1, column 1: <{if}> is not closed: write <{/if}>, but before the end"),
        ("æ\nø<{/if}>", "line 2, column 2: <{/if}> has no <{if}> before it"),
        ("<{else}>", "line 1, column 1: <{else}> has no <{if}> before it"),
        ("<{foreach $x as $y}><{/if}>", "<{foreach}> is not closed: write <{/foreach}>, but before <{/if}>"),
        ("<{$x", "line 1, column 5: the tag is not closed: write }> at its end"),
        ("<{'x}>", "the text is not closed: write ' at its end"),
        ("<{* x", "the comment is not closed: write *}> at its end"),
        ("<{literal}>x", "<{literal}> is not closed: write <{/literal}> behind it"),
        ("<{7*7}>", "line 1, column 4: * means nothing in a tag"),
        ("<{php}>x<{/php}>", "php is no tag; there are if, foreach, literal, and variables like $shop.name"),
        ("<{include file='x'}>", "include is no tag"),
        ("<{$x|exec:'ls'}>", "exec is no modifier; there are escape, default, upper, lower"),
        ("<{$x|nofilter}>", "nofilter stands behind a blank: <{$x nofilter}>"),
        ("<{$x|escape:'none'}>", "escape is for one of 'html', 'htmlall', 'url', 'javascript'"),
        ("<{$x|escape:$y}>", "escape is for one of"), ("<{$x|upper:1}>", "upper takes at most 0 arguments"),
        ("<{$x|default}>", "default says what is shown instead: |default:'text'"),
        ("<{\"$x\"}>", "variables are not filled in between quotes"),
        ("<{$}>", "a variable is written like $shop.name"),
        ("<{$a..b}>", "a variable is written like"), ("<{$a->b()}>", "a number is written like"),
        ("<{$a[0]}>", "[ means nothing in a tag"), ("<{if $a = 1}><{/if}>", "= cannot stand here"),
        ("<{if 1 < 2 < 3}><{/if}>", "two comparisons need parentheses or an and between them"),
        ("<{if (1}><{/if}>", "}> cannot stand here; ) is expected"),
        ("<{}>", "}> cannot stand here; a value is expected"),
        ("<{foreach $x}><{/foreach}>", "foreach is written <{foreach $list as $item}>"),
        ("<{foreach from=$x}><{/foreach}>", "foreach is written"), ("<{/section}>", "/section ends nothing"),
        ("<{if $x}><{else}><{elseif $y}><{/if}>", "<{if}> is not closed: write <{/if}>, but before <{elseif}>"),
        ("<{1.}>", "a number is written like 5, -5 or 2.50"), ("<{\u{0}}>", "this character means nothing in a tag"),
    ])
    func `a text that is no template is told where and why`(_ text: String, _ said: String) throws {
        let fault = try #require(throws: TemplateFault.self) { try Template(text) }
        #expect(fault.words.contains(said), "\(fault.words)")
    }

    @Test func `what is too deep, too long or too large is refused`() {
        let deep = 100_000
        #expect(
            show(String(repeating: "<{if 1}>", count: 40) + String(repeating: "<{/if}>", count: 40)).contains(
                "32 levels"))
        #expect(show("<{if \(String(repeating: "(", count: 10_000))").contains("32 levels"))
        #expect(show(String(repeating: "x", count: deep)).contains("at most 65536 bytes"))
        #expect(show("<{$a\(String(repeating: ".b", count: 10_000))}>").contains("at most 16 names"))
        #expect(show("<{$a\(String(repeating: "|upper", count: 10_000))}>").contains("at most 16 modifiers"))
        #expect(show("<{$\(String(repeating: "a", count: 10_000))}>").contains("at most 64 characters"))
        #expect(show("<{\(String(repeating: "9", count: 10_000))}>").contains("at most 18 digits"))
    }

    @Test func `long chains are not deep`() {
        let flags = String(repeating: "!", count: 60_000)
        #expect(show("<{if \(flags)1}>1<{/if}>") == "1")
        let ands = Array(repeating: "1", count: 10_000).joined(separator: "&&")
        #expect(show("<{if \(ands)}>1<{/if}>") == "1")
        let arms = String(repeating: "<{elseif 0}>", count: 5000)
        #expect(show("<{if 0}>\(arms)<{else}>1<{/if}>") == "1")
    }
}
