package import NIOCore

/// Knows whether bytes of a next request have come behind the end of the last one. The decoder does not tell what it keeps,
/// so it is worked out from what a read held. Where that can't be told, the answer is that they have.
package struct RequestBoundary {
    private var isInside = false
    private var startedInside = false
    private var heads = 0
    private var ends = 0
    /// The declared length of the body, nil for chunks, and what of it came in this read.
    private var bodyBytes: Int64? = 0
    private var bodyRead = 0

    /// The last bytes of what was read before, the newest lowest: a head may end across two reads.
    private var tail: UInt32 = 0

    /// Whether the beginning of a head is waiting for its rest.
    package private(set) var isPastIt = false

    package init() {}

    package mutating func beginRead() {
        (heads, ends, bodyRead) = (0, 0, 0)
        startedInside = isInside
    }

    package mutating func headCame(bodyBytes: Int64?) {
        (isInside, isPastIt) = (true, false)
        heads += 1
        self.bodyBytes = bodyBytes
        bodyRead = 0
    }

    package mutating func bodyCame(_ count: Int) {
        bodyRead += count
    }

    package mutating func requestEnded() {
        isInside = false
        ends += 1
    }

    package mutating func endRead(_ bytes: ByteBuffer) {
        if !isInside { isPastIt = ends == 0 ? bytes.readableBytes > 0 : !endsWithRequest(bytes) }
        for byte in bytes.readableBytesView.suffix(4) { tail = tail << 8 | UInt32(byte) }
    }

    private func endsWithRequest(_ bytes: ByteBuffer) -> Bool {
        let view = bytes.readableBytesView
        guard let length = bodyBytes, length > 0 else {
            // A head, and a body in chunks, end with an empty line.
            return view.suffix(4).elementsEqual([13, 10, 13, 10]) || view.suffix(2).elementsEqual([10, 10])
        }
        if heads == 0 { return bytes.readableBytes == bodyRead }
        guard heads == 1, !startedInside else { return false }
        return headEnd(view).map { Int64($0) + length == Int64(bytes.readableBytes) } ?? false
    }

    /// How many bytes of a read belong to the head that ends in it.
    private func headEnd(_ bytes: ByteBufferView) -> Int? {
        var last = tail
        for (index, byte) in bytes.enumerated() {
            last = last << 8 | UInt32(byte)
            if last == 0x0D0A_0D0A { return index + 1 }
        }
        return nil
    }
}
