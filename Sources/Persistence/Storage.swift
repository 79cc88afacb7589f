package import Basics

/// A database the shops can live in. Everything above speaks SQL through this protocol and knows no engine.
package protocol Storage: Sendable {
    var dialect: Dialect { get }

    /// What is remembered of how many rows there are.
    var counts: RowCounts { get }

    /// What else is remembered.
    var memory: Memory { get }

    /// Sends statements that need no logic between them, in one round trip down one connection, and answers their rows.
    /// Reads only; the cheapest way to read.
    func fetch(_ statements: [SQL]) async throws -> [Rows]

    /// Runs `body` against one consistent snapshot. Reads only.
    func read<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T

    /// Runs `body` in one transaction and answers once that is durable. The body is synchronous, so that nothing slow
    /// can happen while rows are held, and may run again when the engine asks for it: it captures values only.
    /// - Parameter alone: whether nothing else of the shop may be written meanwhile. A body that finds out later says so
    ///   by `Connection.standAlone`.
    func write<T: Sendable>(
        for requester: Requester, alone: Bool, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T

    /// The latest stamp up to which all rows of a shop can be seen: what becomes visible after this call is stamped then or later.
    /// - Parameter now: the clock that rows are stamped by, read before this call.
    func horizon(ofShop shop: Int64, at now: Instant) async throws -> Instant

    /// Waits for what is under way and closes every connection.
    func close() async
}

extension Storage {
    /// Reads for the server itself.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await read(for: .server, body)
    }

    /// Writes for the server itself, across shops.
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await write(for: .server, alone: false, body)
    }

    /// Writes beside others of the same shop.
    package func write<T: Sendable>(
        for requester: Requester, _ body: @escaping @Sendable (any Connection) throws -> T
    ) async throws -> T {
        try await write(for: requester, alone: false, body)
    }

    package func fetch(_ statement: SQL) async throws -> Rows {
        let answers = try await fetch([statement])
        return answers.first ?? Rows(width: 0)
    }
}
