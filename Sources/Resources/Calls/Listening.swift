/// An answer that waits for what happens. Meanwhile its request is not under way: it counts nowhere but among those who listen.
package struct Listening: Sendable {
    package enum Form: Sendable {
        /// The answer comes later.
        case later(@Sendable () async throws -> Answer)
        /// It has begun, and goes on with each thing that happens.
        case stream(@Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void)
    }

    package let form: Form
    /// Has it end at once with what it has: the client has hung up.
    package let end: @Sendable () -> Void

    package init(_ form: Form, end: @escaping @Sendable () -> Void) {
        (self.form, self.end) = (form, end)
    }
}
