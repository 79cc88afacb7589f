/// Takes the endings of number, definiteness and possession off Danish and English words, so that `skjorterne` and
/// `skjorte`, `batteries` and `battery` meet. One rule for both, because shops mix them; light, because what is cut too
/// short meets what it should not.
package enum Stemmer {
    /// Longest first.
    private static let endings: [[UInt8]] = [
        "ernes", "erne", "enes", "eren", "erens", "ene", "ens", "ets", "ers", "er", "en", "et", "es", "e", "s",
    ].map { Array($0.utf8) }.sorted { $0.count > $1.count }

    private static let stemMin = 3
    private static let letterY = UInt8(ascii: "y")

    /// - Parameter word: as the tokenizer gives it.
    package static func stem(_ word: String) -> String {
        guard word.utf8.count > stemMin else { return word }
        var letters = Array(word.utf8)
        guard letters.allSatisfy({ (0x61...0x7A).contains($0) }) else { return word }
        while case let cut = surplus(letters), cut > 0 { letters.removeLast(cut) }
        // `battery` and `batteries` meet at `batteri`.
        if letters.last == letterY, !isVowel(letters[letters.count - 2]) {
            letters[letters.count - 1] = UInt8(ascii: "i")
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// How many letters at the end are not of the stem.
    private static func surplus(_ letters: [UInt8]) -> Int {
        let count = letters.count
        guard count > stemMin else { return 0 }
        // `takken` leaves `takk`, and `hatte` leaves `hatt`.
        if letters[count - 1] == letters[count - 2], !isVowel(letters[count - 1]) { return 1 }
        for ending in endings
        where count - ending.count >= stemMin && letters[(count - ending.count)...].elementsEqual(ending) {
            if letters[..<(count - ending.count)].contains(where: isVowel) { return ending.count }
        }
        return 0
    }

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"), letterY:
            true
        default: false
        }
    }
}
