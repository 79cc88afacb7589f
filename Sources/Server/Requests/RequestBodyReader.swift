import Compression
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Resources

/// Reads and checks a request's body before anything looks at it.
enum RequestBodyReader {
    /// The bytes of the body, unpacked, at most `bytesMax` of them.
    static func bytes(of exchange: Exchange, atMost bytesMax: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        if let length = exchange.bodyBytes, length <= bytesMax { bytes.reserveCapacity(length) }
        try await read(exchange, atMost: bytesMax) { bytes.append(contentsOf: $0.readableBytesView) }
        return bytes
    }

    /// Hands on the body piece by piece as it comes, unpacked. The client is told to send it once its length is found good.
    static func read(
        _ exchange: Exchange, atMost bytesMax: Int, _ take: (ByteBuffer) async throws -> Void
    ) async throws {
        if let length = exchange.bodyBytes, length > bytesMax { throw tooLarge(bytesMax) }
        let inflater = try inflater(exchange.request.headers[.contentEncoding])
        try await exchange.askForBody()
        var parts = exchange.request.body.makeAsyncIterator()
        var (packed, plain) = (0, 0)
        var isWhole = true
        while let part = try await next(&parts) {
            packed += part.readableBytes
            guard packed <= bytesMax else { throw tooLarge(bytesMax) }
            guard let inflater else {
                try await take(part)
                continue
            }
            var piece: [UInt8] = []
            let state = part.withUnsafeReadableBytes { bytes in
                inflater.take(bytes) { unpacked in
                    // One byte over the limit is enough to know.
                    piece.append(contentsOf: unpacked.prefix(bytesMax + 1 - plain - piece.count))
                    return plain + piece.count <= bytesMax
                }
            }
            plain += piece.count
            guard plain <= bytesMax else { throw tooLarge(bytesMax) }
            if state == .damaged { throw damaged }
            isWhole = state == .ended
            try await take(ByteBuffer(bytes: piece))
        }
        guard isWhole else { throw damaged }
    }

    private static func inflater(_ coding: String?) throws -> Inflater? {
        switch coding?.lowercased() {
        case nil, "identity": return nil
        case "gzip", "x-gzip": return Inflater(gzip: true)
        default:
            // RFC 9110 12.5.3: the answer names what would be taken.
            var problem = Problem(.unsupportedType, "content_encoding", "Send the body as it is, or packed with gzip.")
            problem.headers = [("Accept-Encoding", "gzip")]
            throw problem
        }
    }

    private static func next(_ parts: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await parts.next()
        } catch is HTTPParserError {
            throw Problem.malformed("body_framing", "The body does not have the form that its headers tell.")
        } catch {
            // The client went away; that is its affair, and no error of ours to be logged.
            throw Problem(.timeout, "body_incomplete", "The body ended before it was whole.")
        }
    }

    /// The body as JSON, or nil where there is none.
    /// - Parameter rowsMax: how many elements it may have where it is an array.
    static func json(_ bytes: [UInt8], type: String?, rowsMax: Int?) throws -> JSON? {
        guard !bytes.isEmpty else { return nil }
        if let type, !isJSON(type) {
            throw Problem(.unsupportedType, "unsupported_type", "Send JSON, with Content-Type: application/json.")
        }
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(bytes, rowsMax: rowsMax)
        } catch {
            switch error.kind {
            case .grammar: throw Problem.malformed("json", "The body \(error.reason) (at byte \(error.offset)).")
            case .tooManyRows: throw Problem.invalid("", "too_long", error.reason)
            case .tooManyValues: throw Problem(.tooLarge, "too_many_values", "The body \(error.reason).")
            }
        }
    }

    static func isJSON(_ type: String) -> Bool {
        let name = type.utf8.prefix { $0 != UInt8(ascii: ";") }
        let word = Substring(name).lowercased().filter { $0 != " " }
        return word == "application/json" || word.hasSuffix("+json")
    }

    private static func tooLarge(_ bytesMax: Int) -> Problem {
        Problem(.tooLarge, "body_too_large", "The body is larger than the \(bytesMax) bytes this call takes.")
    }

    private static var damaged: Problem {
        .malformed("content_encoding", "The body is no gzip file, or not all of one.")
    }
}
