/// `Prefer` of RFC 7240, the two words we know.
package struct Preferences: Sendable, Equatable {
    package var isStrict = false
    package var isDryRun = false

    package init(isStrict: Bool = false, isDryRun: Bool = false) {
        self.isStrict = isStrict
        self.isDryRun = isDryRun
    }
}
