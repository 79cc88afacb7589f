/// A caller's key for a write it may repeat, and a hash of what it asked for.
package struct IdempotencyKey: Sendable {
    /// Whose key it is: `Caller.key`.
    package let caller: String
    package let key: String
    package let requestHash: String

    package init(caller: String, key: String, requestHash: String) {
        self.caller = caller
        self.key = key
        self.requestHash = requestHash
    }
}
