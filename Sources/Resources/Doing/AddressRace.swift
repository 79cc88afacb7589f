package import Persistence

/// Two rows were about to get the same public address at once. The one that came second picks another when it runs again.
struct AddressRace: Error {}

extension Storage {
    /// A write that may give rows public addresses: it runs again where somebody took one of them meanwhile.
    package func writeAddressed<T: Sendable>(
        _ body: @escaping @Sendable (any Persistence.Connection) throws -> T
    ) async throws -> T {
        for _ in 1..<10 {
            do {
                return try await write(body)
            } catch is AddressRace {
                continue
            }
        }
        do {
            return try await write(body)
        } catch is AddressRace {
            throw StorageError.busy("an address was taken again and again")
        }
    }
}
