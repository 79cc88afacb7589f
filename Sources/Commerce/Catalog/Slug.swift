/// The last part of a public address, made from a name.
package enum Slug {
    private static let folded: [Character: String] = [
        "æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ê": "e",
        "á": "a", "à": "a", "â": "a", "ñ": "n", "ó": "o", "ò": "o", "ô": "o", "í": "i", "ú": "u", "ç": "c", "ð": "d",
        "þ": "th", "&": " ",
    ]

    /// `Rød Bluse (M)` is `roed-bluse-m`. Empty where the name has no letter or digit we can spell.
    package static func of(_ name: String) -> String {
        var slug = ""
        for character in name.lowercased() {
            for letter in folded[character] ?? String(character) {
                if letter.isASCII, letter.isLetter || letter.isNumber {
                    slug.append(letter)
                } else if !slug.isEmpty, slug.last != "-" {
                    slug.append("-")
                }
            }
        }
        while slug.last == "-" { slug.removeLast() }
        return String(slug.prefix(200))
    }

    /// Tidies an address a client gave: no slash at its ends.
    static func tidied(_ address: String) -> String {
        var address = Substring(address)
        while address.first == "/" { address.removeFirst() }
        while address.last == "/" { address.removeLast() }
        return String(address)
    }
}
