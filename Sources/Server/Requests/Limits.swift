/// What a client may send (CONTRACT 4, "Limits").
package struct Limits: Sendable {
    package var headBytes = 32 * 1024
    package var headerBytes = 8 * 1024
    package var uriBytes = 8 * 1024
    package var headSeconds: Int64 = 10
    package var bodySeconds: Int64 = 30
    /// For a body that says it is larger than any JSON: a file.
    package var uploadSeconds: Int64 = 120
    package var idleSeconds: Int64 = 60
    package var connections = 1024

    package init() {}
}
