import CCurl
import Persistence
import Synchronization

/// Transfers of this process to other servers: all of them on one thread of its own, by libcurl's multi interface, which keeps
/// connections for the next one. The first transfer loads libcurl and starts the thread.
///
/// While a mail server thinks about a mail's words libcurl stands still (`smtp_done` of 7.88 blocks), so what must not wait for
/// mails has a loop of its own.
package final class TransferLoop: Sendable {
    private struct State {
        var waiting: [TransferOrder] = []
        var cancelled: Set<Int> = []
        var number = 0
        var thread: OwnThread?
        /// libcurl's own, while the thread runs.
        var multi: Multi?
        var isClosed = false
        var isBroken = false
    }

    /// Made and used by the thread alone, but for `curl_multi_wakeup`, which libcurl lets any thread call.
    private struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    /// Why nothing is transferred.
    package struct Closed: Error {}

    /// Since somebody asked for it; a poll ends with it and with libcurl's own timers.
    private static let idleMilliseconds: Int32 = 60_000

    private let state = Mutex(State())

    package init() {}

    /// Once for the process, before any thread uses libcurl.
    private static let isLoaded = butik_curl_start()

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
            wake()
        }
    }

    private func add(_ order: TransferOrder) throws {
        try state.withLock { state in
            // What is cancelled later finds it in line.
            if Task.isCancelled { throw CancellationError() }
            if state.isClosed { throw Closed() }
            if state.isBroken { throw Self.broken }
            if state.thread == nil { state.thread = try OwnThread { [self] in work() } }
            state.waiting.append(order)
        }
        wake()
    }

    private static let broken = StorageError.busy("libcurl (libcurl.so.4) could not be loaded or started")

    private func wake() {
        state.withLock { state in
            if let multi = state.multi { butik_curl_wake(multi.handle) }
        }
    }

    /// Breaks off what is under way and ends the thread.
    package func close() async {
        let thread = state.withLock { state in
            state.isClosed = true
            defer { state.thread = nil }
            return state.thread
        }
        wake()
        if let thread { await OwnThread.join([thread]) }
    }

    // MARK: The thread

    private func work() {
        guard Self.isLoaded, let multi = butik_curl_multi() else { return refuse() }
        state.withLock { $0.multi = Multi(handle: multi) }
        serve(multi)
        state.withLock { $0.multi = nil }
        butik_curl_multi_end(multi)
    }

    private func refuse() {
        let waiting = state.withLock { state in
            state.isBroken = true
            return state.waiting
        }
        for order in waiting { order.end.resume(throwing: Self.broken) }
    }

    private func serve(_ multi: UnsafeMutableRawPointer) {
        var running: Running = [:]
        var isClosed = false
        while !isClosed {
            let (orders, cancelled) = state.withLock { state in
                defer { (state.waiting, state.cancelled) = ([], []) }
                isClosed = state.isClosed
                return (state.waiting, state.cancelled)
            }
            for order in orders { begin(order, multi, &running) }
            for transfer in running.values where isClosed || cancelled.contains(transfer.number) {
                let transfer = forget(transfer.easy, multi, &running)
                transfer?.cancel()
            }
            if !isClosed { goOn(multi, &running) }
        }
    }

    private typealias Running = [UnsafeMutableRawPointer: RunningTransfer]

    private func begin(_ order: TransferOrder, _ multi: UnsafeMutableRawPointer, _ running: inout Running) {
        guard let transfer = RunningTransfer(order) else {
            return order.end.resume(throwing: StorageError.busy("no memory for a transfer"))
        }
        guard butik_curl_add(multi, transfer.easy) else { return transfer.end(CURLE_FAILED_INIT) }
        running[transfer.easy] = transfer
    }

    /// Does what can be done now, and waits until there is more.
    private func goOn(_ multi: UnsafeMutableRawPointer, _ running: inout Running) {
        butik_curl_perform(multi)
        var code = CURLE_OK
        while let easy = butik_curl_ended(multi, &code) {
            let transfer = forget(easy, multi, &running)
            transfer?.end(code)
        }
        butik_curl_wait(multi, Self.idleMilliseconds)
    }

    private func forget(
        _ easy: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer, _ running: inout Running
    ) -> RunningTransfer? {
        butik_curl_remove(multi, easy)
        return running.removeValue(forKey: easy)
    }
}
