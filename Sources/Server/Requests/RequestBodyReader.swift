import Basics
import Compression
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Resources

/// Reads and checks a request's body before anything looks at it.
enum RequestBodyReader {
    /// The bytes of the body, unpacked, at most `bytesMax` of them.
    /// - Parameter counted: where a large body is counted, before it is in memory.
    static func bytes(
        of context: RequestContext, atMost bytesMax: Int, _ counted: CountedBody?
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        if let length = context.bodyBytes, length <= bytesMax { bytes.reserveCapacity(length) }
        try await read(context, atMost: bytesMax) { part in
            try await counted?.hold(bytes.count + part.readableBytes)
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }

    /// Hands on the body piece by piece as it comes, unpacked. The client is told to send it once its length is found good.
    static func read(
        _ context: RequestContext, atMost bytesMax: Int, _ take: (ByteBuffer) async throws -> Void
    ) async throws {
        if let length = context.bodyBytes, length > bytesMax { throw tooLarge(bytesMax) }
        let inflater = try inflater(context.request.headers[.contentEncoding])
        try await connected { try await context.askForBody() }
        var parts = context.request.body.makeAsyncIterator()
        var (packed, plain) = (0, 0)
        var isWhole = true
        while let part = try await connected({ try await parts.next() }) {
            packed += part.readableBytes
            guard packed <= bytesMax else { throw tooLarge(bytesMax) }
            guard let inflater else {
                try await take(part)
                continue
            }
            var (rest, state) = (part, Inflater.State.hasMore)
            // A few bytes may hold megabytes, which are handed on as they come out.
            while state == .hasMore {
                let unpacked = next(&rest, inflater, &state)
                plain += unpacked.readableBytes
                guard plain <= bytesMax else { throw tooLarge(bytesMax) }
                try await take(unpacked)
            }
            if state == .damaged { throw damaged }
            isWhole = state == .ended
        }
        guard isWhole else { throw damaged }
    }

    private static func next(_ rest: inout ByteBuffer, _ inflater: Inflater, _ state: inout Inflater.State)
        -> ByteBuffer
    {
        var unpacked = ByteBuffer()
        rest.readWithUnsafeReadableBytes { bytes in
            let step = inflater.step(bytes) { unpacked.writeBytes($0) }
            state = step.state
            return step.read
        }
        return unpacked
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

    /// What can only fail for what the client does.
    private static func connected<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
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
