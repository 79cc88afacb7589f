import HTTPTypes
import HummingbirdCore
import NIOCore
import Resources

/// Reads and checks a request's body before anything looks at it.
enum RequestBodyReader {
    /// The bytes of the body, at most `bytesMax` of them.
    static func bytes(of request: Request, atMost bytesMax: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ WholeNumber(count: $0)?.int64 }),
            length > Int64(bytesMax)
        {
            throw tooLarge(bytesMax)
        }
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= bytesMax else { throw tooLarge(bytesMax) }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            // The client went away; that is its affair, and no error of ours to be logged.
            throw Problem(.timeout, "body_incomplete", "The body ended before it was whole.")
        }
        return bytes
    }

    /// The body as JSON, or nil where there is none.
    static func json(_ bytes: [UInt8], type: String?) throws -> JSON? {
        guard !bytes.isEmpty else { return nil }
        if let type, !isJSON(type) {
            throw Problem(.unsupportedType, "unsupported_type", "Send JSON, with Content-Type: application/json.")
        }
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(bytes)
        } catch {
            throw Problem.malformed("json", "The body \(error.reason) (at byte \(error.offset)).")
        }
    }

    static func isJSON(_ type: String) -> Bool {
        let name = type.utf8.prefix { $0 != UInt8(ascii: ";") }
        let word = Substring(name).lowercased().filter { $0 != " " }
        return word == "application/json" || word.hasSuffix("+json")
    }

    static func tooLarge(_ bytesMax: Int) -> Problem {
        Problem(.tooLarge, "body_too_large", "The body is larger than the \(bytesMax) bytes this call takes.")
    }
}
