/// What a subkey of the master key is for. Each use has a key of its own, so that what one of them does tells nothing about another;
/// whoever needs one adds it beside the code that uses it.
package struct KeyUse: Sendable, Hashable {
    let label: String

    /// - Parameter label: never changed once something depends on it.
    package init(_ label: String) {
        self.label = label
    }

    static let identity = KeyUse("key id")
    static let sealing = KeyUse("seal values at rest")
}
