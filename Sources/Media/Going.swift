import Basics
import Persistence
import Resources

/// What a folder is called while a sweep empties it: `<sha256>.gone.<milliseconds>.<a number of the sweep's own>`, so that two
/// servers that sweep one folder never hold the same one, and what was cut short is known by its age.
struct Going {
    let name: String
    let sha256: String
    let since: Instant

    init(_ sha256: String, since: Instant) {
        self.sha256 = sha256
        self.since = since
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        name = "\(sha256).gone.\(since.milliseconds).\(number)"
    }

    /// Reads a name; nil for one of another kind. One without a time is an older butik's, and of long ago.
    init?(_ name: String) {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count > 1, words[1] == "gone" else { return nil }
        self.name = name
        sha256 = String(words[0])
        since = Instant(milliseconds: words.count > 2 ? WholeNumber(strict: String(words[2]))?.int64 ?? 0 : 0)
    }
}
