import NIOCore
import Server
import Testing

/// Whether the beginning of a next request has come, told from what a read held.
@Suite struct RequestBoundaryTests {
    private static let head = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"

    /// Feeds a boundary what the parser would say of a read.
    /// - Parameters:
    ///   - heads: of how many requests the head ends in it.
    ///   - body: how many bytes of the last one's body came in it.
    private static func read(_ boundary: inout RequestBoundary, _ text: String, heads: Int, body: Int, isEnd: Bool) {
        boundary.beginRead()
        for _ in 0..<heads { boundary.headCame(bodyBytes: 5) }
        if body > 0 { boundary.bodyCame(body) }
        if isEnd { boundary.requestEnded() }
        boundary.endRead(ByteBuffer(string: text))
    }

    @Test func `a head that comes in two reads leaves no doubt behind, wherever it is cut`() {
        for cut in 1..<Self.head.utf8.count {
            for more in ["", "P"] {
                var boundary = RequestBoundary()
                let start = String(Self.head.utf8.prefix(cut)) ?? ""
                Self.read(&boundary, start, heads: 0, body: 0, isEnd: false)
                #expect(boundary.isPastIt)
                let rest = String(Self.head.utf8.dropFirst(cut)) ?? ""
                Self.read(&boundary, rest + "\r\n\r\n." + more, heads: 1, body: 5, isEnd: true)
                #expect(boundary.isPastIt == !more.isEmpty, "\(cut)")
            }
        }
    }

    @Test func `two requests in one read leave a doubt, and the next one ends it`() {
        var boundary = RequestBoundary()
        boundary.beginRead()
        for _ in 1...2 {
            boundary.headCame(bodyBytes: 5)
            boundary.bodyCame(5)
            boundary.requestEnded()
        }
        boundary.endRead(ByteBuffer(string: Self.head + "12345" + Self.head + "12345"))
        #expect(boundary.isPastIt)
        Self.read(&boundary, Self.head + "12345", heads: 1, body: 5, isEnd: true)
        #expect(!boundary.isPastIt)
    }

    @Test func `a body that comes in two reads ends at its last byte`() {
        for more in ["", "P"] {
            var boundary = RequestBoundary()
            Self.read(&boundary, Self.head + "12", heads: 1, body: 2, isEnd: false)
            Self.read(&boundary, "345" + more, heads: 0, body: 3, isEnd: true)
            #expect(boundary.isPastIt == !more.isEmpty)
        }
    }
}
