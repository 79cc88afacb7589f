import CZlib

/// Unpacks a stream of zlib (RFC 1950) or gzip (RFC 1952) piece by piece, and keeps nothing of what comes out.
package final class Inflater {
    /// Where the stream stands after a piece.
    package enum State {
        case goesOn, ended, damaged
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
        guard isOpen else { return .damaged }
        guard let base = piece.baseAddress, let size = UInt32(exactly: piece.count), size > 0 else { return .goesOn }
        // zlib reads what comes in and never writes there.
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = size
        while true {
            // A gzip file may be several, one behind the other.
            if isGzip, isAtEnd {
                guard inflateReset(stream) == Z_OK else { return .damaged }
                isAtEnd = false
            }
            stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room.count)
            let status = inflate(stream, Z_NO_FLUSH)
            let count = room.count - Int(stream.pointee.avail_out)
            if count > 0, !body(UnsafeRawBufferPointer(rebasing: room[..<count])) { return .goesOn }
            switch status {
            case Z_STREAM_END:
                isAtEnd = true
                if !isGzip || stream.pointee.avail_in == 0 { return .ended }
            case Z_OK where stream.pointee.avail_in > 0 || count == room.count: continue
            // Nothing left to read, and nothing more to write.
            case Z_OK, Z_BUF_ERROR: return .goesOn
            default: return .damaged
            }
        }
    }
}
