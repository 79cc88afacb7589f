/// Who a transaction is for. What one asks for waits behind its own and takes turns with what others ask for, so that a
/// shop's storm costs another shop nothing.
public enum Requester: Hashable, Sendable {
    /// Work of the server's own, across shops.
    case server
    case shop(Int64)
}
