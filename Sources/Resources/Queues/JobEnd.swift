/// How a piece of work ended.
package enum JobEnd: Sendable, Equatable {
    /// Its row goes.
    case done
    /// Its row was dealt with already, in the transaction that holds the result.
    case settled
    /// There is more of it, due then.
    case again(seconds: Int64)
}
