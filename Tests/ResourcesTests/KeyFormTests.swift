import Basics
import Persistence
import Resources
import Testing

/// The form of keys, and equality byte for byte.
@Suite struct KeyFormTests {
    @Test(arguments: [
        ("A-1", "A-1"), ("", ""), (" ", ""), (" A 1 ", "A 1"), ("\tA\r\n", "A"), ("\u{A0}A\u{3000}", "A"),
        ("\u{FEFF}\u{200B}A\u{2060}", "A"), ("e\u{301}", "\u{E9}"), ("\u{E9}", "\u{E9}"), ("\u{212B}", "\u{C5}"),
        ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"), (" \u{301}", "\u{301}"),
        ("\u{1F469}\u{200D}\u{1F4BB}", "\u{1F469}\u{200D}\u{1F4BB}"), ("\u{FB01}", "\u{FB01}"),
        ("A\u{200D}B", "A\u{200D}B"),
    ])
    func `a key is composed, without blanks at its ends, and stays as it is from then on`(_ text: String, _ key: String)
    {
        #expect(Array(text.asKey.utf8) == Array(key.utf8))
        #expect(Array(text.asKey.asKey.utf8) == Array(key.utf8))
    }

    @Test func `texts of one look are two where their bytes are`() {
        let (composed, apart) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == apart)
        #expect(ExactText(composed) != ExactText(apart))
        #expect(SQLValue.text(composed) != .text(apart))
        #expect(Set(exact: [composed, apart, composed]).count == 2)
        #expect(Set([SQLValue.text(composed), .text(apart), .null, .integer(0)]).count == 4)
        var places: ByText<Int> = [composed: 1]
        places[apart] = 2
        #expect((places[composed], places[apart], places[""]) == (1, 2, nil))
        #expect([apart, composed, "caf"].map(ExactText.init).sorted().map(\.text.utf8.count) == [3, 6, 5])
        #expect(ExactText("") == ExactText("") && ExactText("a") != ExactText(""))
    }
}
