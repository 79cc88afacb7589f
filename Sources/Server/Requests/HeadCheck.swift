import HTTPTypes
import HummingbirdCore
import Resources

extension Limits {
    /// Refuses what is no request, heads that are too large, and expectations that nobody here can meet.
    func check(_ request: Request) throws {
        if let scheme = request.head.scheme, scheme != "http", let fault = WireFault(rawValue: scheme) {
            throw fault.problem
        }
        if (request.head.path ?? "").utf8.count > uriBytes {
            throw Problem(.uriTooLong, "uri_too_long", "The address is longer than \(uriBytes) bytes.")
        }
        var sum = 0
        for field in request.headers {
            let size = field.name.rawName.utf8.count + field.value.utf8.count
            if size > headerBytes { throw tooLarge("A header is longer than \(headerBytes) bytes.") }
            sum += size
        }
        if sum > headBytes { throw tooLarge("The headers are longer than \(headBytes) bytes.") }
        if let wish = request.headers[.expect], wish.lowercased() != RequestContext.goOn {
            throw Problem(.expectationFailed, "expect", "The only Expect that is met here is \(RequestContext.goOn).")
        }
    }

    private func tooLarge(_ detail: String) -> Problem {
        Problem(.headersTooLarge, "headers_too_large", detail)
    }
}
