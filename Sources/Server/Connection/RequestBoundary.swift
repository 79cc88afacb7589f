import NIOCore

/// Knows whether bytes of a next request have come behind the end of the last one. The decoder does not tell what it keeps,
/// so it is worked out from what a read held. Where that can't be told, the answer is that they have.
struct RequestBoundary {
    private var isInside = false
    private var startedInside = false
    private var heads = 0
    private var ends = 0
    /// The declared length of the body, nil for chunks, and what of it came in this read.
    private var bodyBytes: Int64? = 0
    private var bodyRead = 0

    /// Whether the beginning of a head is waiting for its rest.
    private(set) var isPastIt = false

    mutating func beginRead() {
        (heads, ends, bodyRead) = (0, 0, 0)
        // What was begun before is not at a boundary either.
        startedInside = isInside || isPastIt
    }

    mutating func headCame(bodyBytes: Int64?) {
        (isInside, isPastIt) = (true, false)
        heads += 1
        self.bodyBytes = bodyBytes
        bodyRead = 0
    }

    mutating func bodyCame(_ count: Int) {
        bodyRead += count
    }

    mutating func requestEnded() {
        isInside = false
        ends += 1
    }

    mutating func endRead(_ bytes: ByteBuffer) {
        guard !isInside else { return }
        isPastIt = ends == 0 ? bytes.readableBytes > 0 : !endsWithRequest(bytes)
    }

    private func endsWithRequest(_ bytes: ByteBuffer) -> Bool {
        let view = bytes.readableBytesView
        guard let length = bodyBytes, length > 0 else {
            // A head, and a body in chunks, end with an empty line.
            return view.suffix(4).elementsEqual([13, 10, 13, 10]) || view.suffix(2).elementsEqual([10, 10])
        }
        if heads == 0 { return bytes.readableBytes == bodyRead }
        guard heads == 1, !startedInside else { return false }
        let end = bytes.withUnsafeReadableBytes { buffer in
            buffer.indices.first {
                $0 &+ 4 <= buffer.count && buffer.loadUnaligned(fromByteOffset: $0, as: UInt32.self) == 0x0A0D_0A0D
            }
        }
        return end.map { Int64($0 + 4) + length == Int64(bytes.readableBytes) } ?? false
    }
}
