import CZlib

/// Unpacks a stream of zlib (RFC 1950) or gzip (RFC 1952) piece by piece, and keeps nothing of what comes out.
package final class Inflater {
    /// Where the stream stands after a piece.
    package enum State {
        case goesOn, ended, damaged
        /// More is in the piece than one part holds.
        case hasMore
    }

    // zlib remembers where its own record lies, so that it may not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    private let isOpen: Bool
    private let isGzip: Bool
    private var isAtEnd = false

    package init(gzip: Bool = false) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        isGzip = gzip
        isOpen = inflateInit2_(stream, gzip ? 15 + 16 : 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deallocate()
        room.deallocate()
    }

    /// Unpacks a piece and hands on what was in it, in parts.
    /// - Parameter body: answers whether it wants more.
    package func take(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> State {
        var rest = piece
        var wantsMore = true
        while true {
            let (read, state) = step(rest) { wantsMore = body($0) }
            guard wantsMore else { return .goesOn }
            guard state == .hasMore else { return state }
            rest = UnsafeRawBufferPointer(rebasing: rest[read...])
        }
    }

    /// Unpacks a piece as far as one part goes.
    /// - Parameter body: gets the part, if anything came out.
    /// - Returns: how many bytes of the piece were read. Where it has more, the rest is to be given again, also an empty one.
    package func step(
        _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> (read: Int, state: State) {
        guard isOpen, let size = UInt32(exactly: piece.count) else { return (0, .damaged) }
        if isAtEnd {
            guard isGzip, size > 0 else { return (0, .ended) }
            // A gzip file may be several, one behind the other.
            guard inflateReset(stream) == Z_OK else { return (0, .damaged) }
            isAtEnd = false
        }
        // zlib reads what comes in and never writes there.
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: piece.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = size
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room.count)
        let status = inflate(stream, Z_NO_FLUSH)
        let count = room.count - Int(stream.pointee.avail_out)
        if count > 0 { body(UnsafeRawBufferPointer(rebasing: room[..<count])) }
        let left = stream.pointee.avail_in
        return (piece.count - Int(left), state(after: status, hasMore: left > 0 || count == room.count))
    }

    private func state(after status: Int32, hasMore: Bool) -> State {
        switch status {
        case Z_STREAM_END:
            isAtEnd = true
            return isGzip && stream.pointee.avail_in > 0 ? .hasMore : .ended
        case Z_OK: return hasMore ? .hasMore : .goesOn
        // Nothing left to read, and nothing more to write.
        case Z_BUF_ERROR: return .goesOn
        default: return .damaged
        }
    }
}
