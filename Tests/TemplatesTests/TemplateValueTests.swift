import Basics
import Support
import Templates
import Testing

/// What templates show of values, and how they compare them.
@Suite struct TemplateValueTests {
    @Test func `markup is escaped byte by byte, also joined to a letter`() {
        #expect(show("<{$x}>", ["x": "\u{600}<script>'\""]) == "\u{600}&lt;script&gt;&#39;&quot;")
        #expect(show("<{$x nofilter}>", ["x": "<i>"]) == "<i>")
    }

    @Test func `what is missing shows nothing, however deep it is asked for`() {
        #expect(
            show("[<{$a.b.c}><{$x.0.y}><{$x.9}><{$x.99999999999999999999}><{$x.-1}>]", ["x": ["s"]]).contains("line 1"))
        #expect(show("[<{$a.b.c}><{$x.0.y}><{$x.9}><{$x.99999999999999999999}>]", ["x": ["s"]]) == "[]")
        #expect(show("<{if $a.b == null}>yes<{/if}>") == "yes")
    }

    @Test(arguments: [
        ("1 == '1.0'", true), ("'abc' < 'abd'", true), ("'10' > '9'", true), ("'a' == 0", false), ("null == ''", true),
        ("null == '0'", false), ("true == 'x'", true), ("0.1 == '0.10'", true), ("-1 < 0", true), ("-2 < -1", true),
        ("$list == $list", true), ("$list == 'a'", false), ("$list != 'a'", true), ("'é' == 'e\u{301}'", false),
        ("99999999999999999 > 99999999999999998", true), ("not not 1", true), ("!0 and !''", true),
        ("1 or 0 and 0", true), ("(1 or 0) and 0", false), ("'0'", false), ("$list", true), ("0.00", false),
        ("-0", false),
        ("1 eq 1 and 2 ne 3 and 1 lt 2 and 2 gte 2", true), ("'a b' == 'a b'", true),
    ])
    func `comparisons are those of PHP`(_ condition: String, _ holds: Bool) {
        #expect(show("<{if \(condition)}>1<{else}>0<{/if}>", ["list": ["a"]]) == (holds ? "1" : "0"))
    }

    @Test func `a loop goes through lists, objects and single values, and hides outer names`() {
        #expect(show("<{foreach $x as $x}><{$x}><{/foreach}><{$x.1}>", ["x": ["a", "b"]]) == "abb")
        #expect(show("<{foreach $x as $k => $v}><{$k}>:<{$v}>,<{/foreach}>", ["x": ["a", "b"]]) == "0:a,1:b,")
        #expect(show("<{foreach 'one' as $v}><{$v}><{/foreach}>") == "one")
        #expect(show("<{foreach from=$x key='k' item=\"v\"}><{$k}><{$v}><{/foreach}>", ["x": ["p": 1]]) == "p1")
        let grid: JSON = ["x": [[1, 2], [3]]]
        #expect(show("<{foreach $x as $r}><{foreach $r as $c}><{$c}><{/foreach}>;<{/foreach}>", grid) == "12;3;")
    }

    @Test(arguments: [
        ("'abcdef'|truncate:5", "ab..."), ("'abc'|truncate:3", "abc"), ("'one two three'|truncate:10", "one two..."),
        ("'abcdef'|truncate:0", ""), ("'abcdef'|truncate:2", "..."), ("'abcdefgh'|truncate:5:'-':true:true", "ab-gh"),
        ("'one two three'|truncate:9:'':true", "one two t"), ("'æøåæøå'|truncate:4:''", "æøåæ"),
        ("'abc'|truncate:-5", ""), ("'abc'|truncate:99999999999999999", "abc"),
        ("1234567.891|number_format:2", "1,234,567.89"), ("0.5|number_format", "1"), ("-0.4|number_format", "0"),
        ("999.995|number_format:2:',':'.'", "1.000,00"), ("'x'|number_format", "x"),
        ("'-1234'|number_format", "-1,234"),
        ("12|number_format:-3", "12"), ("1|number_format:999", "1.00000000000000000000"), ("''|number_format:1", "0.0"),
        ("'ß ŉ'|upper", "SS ʼN"), ("''|default:'d'|upper", "D"), ("0|default:'d'", "0"), ("false|default:'d'", ""),
        ("'a&b'|escape", "a&amp;b"), ("'a&b'|escape|upper", "A&amp;AMP;B"), ("'a b/ø'|escape:'url'", "a%20b%2F%C3%B8"),
    ])
    func `modifiers do as Smarty's`(_ value: String, _ shown: String) {
        #expect(show("<{\(value)}>") == shown)
    }

    @Test func `text for a script can end neither its quotes nor the script`() {
        let text = "</script>'\"`\\\n\u{2028}&\u{0}"
        let shown = show("<{$x|escape:'javascript'}>", ["x": .string(text)])
        #expect(shown == "\\x3c/script\\x3e\\x27\\x22\\x60\\\\\\n\\u2028\\x26\\x00")
    }

    @Test func `times are shown in the zone of the shop`() throws {
        let zone = try #require(Zone.named("Europe/Copenhagen"))
        let format = "<{$t|date_format:'%Y-%m-%d %H:%M:%S %a %j %I%p %e|%k'}>"
        #expect(show(format, ["t": 1_767_225_600], zone: zone) == "2026-01-01 01:00:00 Thu 001 01AM  1| 1")
        #expect(show("<{$t|date_format}>", ["t": "2026-07-09 10:00:00"], zone: zone) == "Jul  9, 2026")
        #expect(show("<{$t|date_format:'%F %q%'}>", ["t": -1]) == "1969-12-31 %q%")
        #expect(show("<{$t|date_format:'%F':'2026-02-03'}>") == "2026-02-03")
        for odd: JSON in ["soon", 9_007_199_254_740_991, -9_007_199_254_740_991, [], true] {
            #expect(show("[<{$t|date_format}>]", ["t": odd]) == "[]")
        }
    }

    @Test func `comments, literals and single signs stay what they are`() {
        #expect(show("a < { b }> <<{* <{if}> *}>{}") == "a < { b }> <{}")
        #expect(show("<{literal}>{<{if}>}<{/literal}>") == "{<{if}>}")
        #expect(show("<{ $x }>\n<{'\\'\\\\\\n'}>", ["x": 5]) == "5\n&#39;\\\n")
    }
}
