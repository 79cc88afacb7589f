package import Foundation
import Synchronization

/// Where log lines go: collected in memory and written to standard error by a thread of its own, so that no request
/// waits for a slow terminal.
package final class LogSink: Sendable {
    private static let bytesMax = 4 * 1_048_576

    private let pending = Mutex<[UInt8]>([])
    private let dropped = Mutex(0)
    private let file: FileHandle

    package init(_ file: FileHandle = .standardError) {
        self.file = file
        let thread = Thread { [weak self] in
            while let sink = self {
                Thread.sleep(forTimeInterval: 0.1)
                sink.flush()
            }
        }
        thread.name = "log"
        thread.start()
    }

    package func write(_ line: [UInt8]) {
        let isFull = pending.withLock { pending in
            if pending.count > Self.bytesMax { return true }
            pending.append(contentsOf: line)
            return false
        }
        if isFull { dropped.withLock { $0 += 1 } }
    }

    /// Writes what is waiting; called by the thread, and once more at the end.
    package func flush() {
        var bytes = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        let lost = dropped.withLock { dropped in
            defer { dropped = 0 }
            return dropped
        }
        if lost > 0 { bytes += Array("{\"level\":\"warning\",\"message\":\"\(lost) log lines were dropped\"}\n".utf8) }
        guard !bytes.isEmpty else { return }
        // A closed standard error must not stop the shop.
        try? file.write(contentsOf: Data(bytes))
    }
}
