import Synchronization

/// Whether somebody still waits for a transfer.
final class Wanted: Sendable {
    let value = Atomic(true)
}

/// A transfer, and who waits for its end.
struct TransferOrder: Sendable {
    let number: Int
    let transfer: Transfer
    let isWanted: Wanted
    let end: CheckedContinuation<TransferOutcome, any Error>
}
