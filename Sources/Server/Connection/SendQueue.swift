import Glibc
import NIOCore

/// What the kernel knows of the bytes on their way to a client (`struct tcp_info` of <linux/tcp.h>).
struct SendQueue: Sendable {
    /// Bytes that the client's machine has confirmed.
    let taken: UInt64
    /// Whether there are others.
    let isOwing: Bool

    /// Room for the fields up to `tcpi_notsent_bytes`.
    private struct Info: Sendable {
        var words: InlineArray<19, UInt64> = .init(repeating: 0)
    }

    static func of(_ socket: any SocketOptionProvider) -> EventLoopFuture<SendQueue> {
        socket.unsafeGetSocketOption(level: .tcp, name: .init(rawValue: TCP_INFO)).map { (info: Info) in
            let words = info.words
            // tcpi_unacked at byte 24, tcpi_bytes_acked at 120, tcpi_notsent_bytes at 144.
            let (unconfirmed, unsent) = (UInt32(truncatingIfNeeded: words[3]), UInt32(truncatingIfNeeded: words[18]))
            return SendQueue(taken: words[15], isOwing: unconfirmed > 0 || unsent > 0)
        }
    }
}
