import Commerce
import Testing

/// The words that search goes by: pure functions, the same for both engines.
@Suite struct SearchWordTests {
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        Tokenizer.eachForm(of: text) { words.append($0) }
        return words
    }

    @Test(arguments: [
        ("Rød", ["rod", "roed"]), ("RØD", ["rod", "roed"]), ("roed", ["roed"]), ("rod", ["rod"]),
        ("Blå", ["bla", "blaa"]), ("blaa", ["blaa"]), ("Ål", ["al", "aal"]), ("Kjærlighed", ["kjaerlighed"]),
        ("kjaerlighed", ["kjaerlighed"]), ("Café", ["cafe"]), ("Größe", ["grosse", "groesse"]), ("Shoes", ["shoes"]),
        ("iPhone", ["iphone"]), ("AA", ["aa"]), ("a\u{30A}ben", ["aben"]), ("Levi's", ["levis"]),
        ("Ελλάδα", ["ελλάδα"]), ("日本", ["日本"]), ("Rød-grød", ["rod", "roed", "grod", "groed", "rodgrod", "roedgroed"]),
    ])
    func `case and accents fold together, and letters have the spelling of keyboards without them`(
        _ text: String, _ words: [String]
    ) {
        #expect(Self.words(text) == words)
    }

    @Test(arguments: [
        ("T-shirt", ["t", "shirt", "tshirt"]), ("42mm", ["42", "mm", "42mm"]), ("a, b;c", ["a", "b", "c"]),
        ("A1B2", ["a1b2"]), ("3.5", ["3", "5", "35"]), ("--- !", []), ("", []), ("one  two", ["one", "two"]),
    ])
    func `words without a space between them are found apart and together`(_ text: String, _ words: [String]) {
        #expect(Self.words(text) == words)
    }

    @Test func `a word without end is cut and a text of signs is nothing`() {
        #expect(Self.words(String(repeating: "x", count: 100_000)) == [String(repeating: "x", count: 40)])
        #expect(Self.words(String(repeating: "-", count: 100_000)).isEmpty)
        #expect(Self.words(String(repeating: "a-", count: 50_000)).count == 9)
    }

    @Test(arguments: [
        ["skjorte", "skjorter", "skjorten", "skjorterne", "skjorternes"], ["jakke", "jakker", "jakken", "jakkerne"],
        ["hus", "huse", "huset", "husene", "husets"], ["kat", "katte", "katten", "kattens"],
        ["battery", "batteries", "batteri", "batterier"], ["watch", "watches"], ["hat", "hats"], ["dress", "dresses"],
        ["glas", "glasset", "glasses"], ["movie", "movies"], ["buks", "bukser", "bukserne"],
    ])
    func `endings of both languages are taken off`(_ forms: [String]) {
        #expect(Set(forms.map(Stemmer.stem)).count == 1, "\(forms.map(Stemmer.stem))")
    }

    @Test func `a stem is its own stem, and short words and numbers stay`() {
        for word in ["skjorternes", "batteries", "bodys", "dresses", "kattens", "sneakers"] {
            #expect(Stemmer.stem(Stemmer.stem(word)) == Stemmer.stem(word))
        }
        for word in ["en", "les", "x100s", "ελλάδες", ""] { #expect(Stemmer.stem(word) == word) }
    }

    @Test(arguments: [
        ("shirt", "shirt", 0), ("shirt", "shrit", 1), ("shirt", "shirts", 1), ("shirt", "hirt", 1),
        ("shirt", "short", 1),
        ("shirt", "shorts", 2), ("", "abc", 3), ("abc", "", 3), ("ab", "ba", 1),
    ])
    func `the distance counts slips of the finger`(_ one: String, _ other: String, _ distance: Int) {
        #expect(EditDistance.between(one, other) == distance)
        #expect(EditDistance.between(other, one) == distance)
    }

    @Test(arguments: [
        ("<p>Red <b>wool</b></p>", " Red  wool  "), ("a&nbsp;b", "a b"), ("bl&aring;", "blå"), ("1 < 2", "1   2"),
        ("x & y", "x   y"), ("<img src='a>b'>", " b'>"), ("plain", "plain"),
    ])
    func `tags and entities are no words`(_ html: String, _ text: String) {
        #expect(MarkUp.plain(html) == text)
    }

    @Test func `marks that never end are read once`() {
        #expect(MarkUp.plain(String(repeating: "<", count: 200_000)).utf8.count == 200_000)
        #expect(MarkUp.plain(String(repeating: "&", count: 200_000)).utf8.count == 200_000)
    }
}
