import CCurl
import Persistence
import Synchronization

/// Transfers of this process to other servers: all of them on one thread of its own, by libcurl's multi interface, which keeps
/// connections for the next one. The thread is started by the first transfer.
///
/// While a mail server thinks about a mail's words libcurl stands still (`smtp_done` of 7.88 blocks), so what must not wait for
/// mails has a loop of its own.
package final class TransferLoop: Sendable {
    private struct State {
        var waiting: [TransferOrder] = []
        var cancelled: Set<Int> = []
        var number = 0
        var thread: OwnThread?
        var isClosed = false
    }

    /// Why nothing is transferred.
    package struct Closed: Error {}

    /// Since somebody asked for it; a poll ends with it and with libcurl's own timers.
    private static let idleMilliseconds: Int32 = 60_000

    private let state = Mutex(State())
    /// Confined to the thread, but for `curl_multi_wakeup`, which libcurl lets any thread call.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer

    /// - Throws: where there is no memory for it.
    package init() throws {
        guard Self.isStarted, let multi = curl_multi_init() else {
            throw StorageError.busy("libcurl could not be started")
        }
        self.multi = multi
    }

    /// Once for the process, before any thread uses libcurl.
    private static let isStarted = butik_curl_start() == CURLE_OK

    deinit {
        curl_multi_cleanup(multi)
    }

    /// Does a transfer. A task that is cancelled waits no longer, and the transfer is broken off.
    func run(_ transfer: Transfer) async throws -> TransferOutcome {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let isWanted = Wanted()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { end in
                do { try add(TransferOrder(number: number, transfer: transfer, isWanted: isWanted, end: end)) } catch {
                    end.resume(throwing: error)
                }
            }
        } onCancel: {
            isWanted.value.store(false, ordering: .relaxed)
            state.withLock { _ = $0.cancelled.insert(number) }
            curl_multi_wakeup(multi)
        }
    }

    private func add(_ order: TransferOrder) throws {
        try state.withLock { state in
            // What is cancelled later finds it in line.
            if Task.isCancelled { throw CancellationError() }
            if state.isClosed { throw Closed() }
            if state.thread == nil { state.thread = try OwnThread { [self] in work() } }
            state.waiting.append(order)
        }
        curl_multi_wakeup(multi)
    }

    /// Breaks off what is under way and ends the thread.
    package func close() async {
        let thread = state.withLock { state in
            state.isClosed = true
            defer { state.thread = nil }
            return state.thread
        }
        curl_multi_wakeup(multi)
        if let thread { await OwnThread.join([thread]) }
    }

    // MARK: The thread

    private func work() {
        var running: [UnsafeMutableRawPointer: RunningTransfer] = [:]
        var isClosed = false
        while !isClosed {
            let (orders, cancelled) = state.withLock { state in
                defer { (state.waiting, state.cancelled) = ([], []) }
                isClosed = state.isClosed
                return (state.waiting, state.cancelled)
            }
            for order in orders { begin(order, &running) }
            for transfer in running.values where isClosed || cancelled.contains(transfer.number) {
                let transfer = forget(transfer.easy, &running)
                transfer?.cancel()
            }
            if !isClosed { goOn(&running) }
        }
    }

    private func begin(_ order: TransferOrder, _ running: inout [UnsafeMutableRawPointer: RunningTransfer]) {
        guard let transfer = RunningTransfer(order) else {
            return order.end.resume(throwing: StorageError.busy("no memory for a transfer"))
        }
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else { return transfer.end(CURLE_FAILED_INIT) }
        running[transfer.easy] = transfer
    }

    /// Does what can be done now, and waits until there is more.
    private func goOn(_ running: inout [UnsafeMutableRawPointer: RunningTransfer]) {
        var count: Int32 = 0
        curl_multi_perform(multi, &count)
        var code = CURLE_OK
        while let easy = butik_curl_ended(multi, &code) {
            let transfer = forget(easy, &running)
            transfer?.end(code)
        }
        curl_multi_poll(multi, nil, 0, Self.idleMilliseconds, nil)
    }

    private func forget(
        _ easy: UnsafeMutableRawPointer, _ running: inout [UnsafeMutableRawPointer: RunningTransfer]
    ) -> RunningTransfer? {
        curl_multi_remove_handle(multi, easy)
        return running.removeValue(forKey: easy)
    }
}
