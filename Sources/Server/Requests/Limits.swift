/// What a client may send (CONTRACT 4, "Limits"), and how long a connection waits for it.
package struct Limits: Sendable {
    /// What of a body has `bodySeconds`, and the next as many again: a slow line is served, and one that stands still is not.
    static let bodyStepBytes = 1_048_576

    package var headBytes = 32 * 1024
    package var headerBytes = 8 * 1024
    package var uriBytes = 8 * 1024
    /// From the connection, or the first byte of a next request, to a whole head.
    package var headSeconds: Int64 = 10
    package var bodySeconds: Int64 = 30
    package var idleSeconds: Int64 = 60
    /// For a client that takes no byte of its answer.
    package var stallSeconds: Int64 = 30
    package var connections = 4096
    package var connectionsPerAddress = 64
    /// Bytes of large bodies that are in memory at once; each costs about five times as much while it is worked on.
    package var largeBodyBytes = 64 * 1024 * 1024
    /// How long a large body waits for its part of them.
    package var largeBodySeconds: Int64 = 5

    package init() {}
}
