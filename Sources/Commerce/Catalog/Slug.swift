import Persistence
import Resources

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

    /// An address nobody of the table has: the wish, else the wish with the id behind it. Existing clients pick from few
    /// addresses, so a collision must not fail (fact sheet 7.1).
    static func unique(_ wish: String, for id: Int64, in info: ResourceInfo, _ tx: Transaction) throws -> String {
        let wish = wish.isEmpty ? "\(info.path)-\(id)" : wish
        var address = wish
        var attempt = 0
        while try isTaken(address, by: id, in: info, tx) {
            attempt += 1
            address = attempt == 1 ? "\(wish)-\(id)" : "\(wish)-\(id)-\(attempt)"
        }
        return address
    }

    private static func isTaken(
        _ address: String, by id: Int64, in info: ResourceInfo, _ tx: Transaction
    ) throws -> Bool {
        try tx.db.row(
            """
            SELECT 1 FROM \(raw: info.table) WHERE webshop_id = \(tx.shop) AND rewrite_url = \(address)
            AND \(raw: info.key) <> \(id)
            """) != nil
    }

    /// Tidies an address a client gave: no slash at its ends.
    static func tidied(_ address: String) -> String {
        var address = Substring(address)
        while address.first == "/" { address.removeFirst() }
        while address.last == "/" { address.removeLast() }
        return String(address)
    }
}
