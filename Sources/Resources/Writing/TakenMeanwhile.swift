package import Persistence

/// Somebody else made the row that a client named by a key, after we had looked for it. The second look finds it.
package struct TakenMeanwhile: Error {
    package init() {}
}

extension Storage {
    /// A write that looks for rows by keys of the shop's own: it runs again where somebody made one meanwhile.
    package func writeAgainIfTaken<T: Sendable>(
        for requester: Requester, alone: Bool,
        _ body: @escaping @Sendable (any Persistence.Connection) throws -> T
    ) async throws -> T {
        for _ in 1..<10 {
            do {
                return try await write(for: requester, alone: alone, body)
            } catch is TakenMeanwhile {
                continue
            }
        }
        do {
            return try await write(for: requester, alone: alone, body)
        } catch is TakenMeanwhile {
            throw StorageError.busy("a key was taken again and again")
        }
    }
}
