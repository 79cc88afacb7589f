import Basics
import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A request's head as the rest of the server sees it.
enum WireRequest {
    /// - Returns: the request, and whether it is the last of its connection.
    static func read(_ head: HTTPRequestHead) -> (request: HTTPRequest, closes: Bool) {
        let isOld = head.version == .http1_0
        var fields = HTTPFields()
        fields.reserveCapacity(head.headers.count + 1)
        var (host, hosts) = ("", 0)
        var (saysClose, saysKeepAlive) = (false, false)
        for (name, value) in head.headers {
            guard let name = HTTPField.Name(name) else { continue }
            switch name.canonicalName {
            case "host": (host, hosts) = (value, hosts + 1)
            case "connection":
                for word in value.lowercased().split(separator: ",") {
                    switch word.filter({ $0 != " " && $0 != "\t" }) {
                    case "close": saysClose = true
                    case "keep-alive": saysKeepAlive = true
                    default: break
                    }
                }
            // RFC 9110 10.1.1: an expectation of HTTP/1.0 is ignored.
            case "expect" where isOld: break
            default: fields.append(HTTPField(name: name, value: value))
            }
        }
        let isCodingKnown = fields[.transferEncoding].map { $0.lowercased() == "chunked" } ?? true
        let isHostGood = hosts == 1 ? HostName.isValid(host) : hosts == 0 && isOld
        let closes = saysClose || isOld && !saysKeepAlive || !isHostGood || !isCodingKnown
        if closes { fields[.connection] = "close" }
        guard isHostGood else { return (refused(.host, fields), true) }
        guard isCodingKnown else { return (refused(.coding, fields), true) }
        guard let method = try? HTTPRequest.Method(head.method) else { return (refused(.method, fields), true) }
        return (
            HTTPRequest(
                method: method, scheme: "http", authority: host, path: path(head), headerFields: fields), closes
        )
    }

    /// A request that stands for what was none.
    static func refused(_ fault: WireFault, _ fields: HTTPFields = [.connection: "close"]) -> HTTPRequest {
        HTTPRequest(
            method: HTTPRequest.Method("-") ?? .get, scheme: fault.rawValue, authority: nil, path: "",
            headerFields: fields)
    }

    /// The length of the body where the head tells it; nil for one in chunks.
    static func bodyBytes(_ head: HTTPRequestHead) -> Int64? {
        if let length = head.headers.first(name: "content-length") { return Int64(length) }
        return head.headers.contains(name: "transfer-encoding") ? nil : 0
    }

    private static func path(_ head: HTTPRequestHead) -> String {
        if head.uri.utf8.first == UInt8(ascii: "/") { return head.uri }
        // `*`, or the whole address as proxies are asked.
        let request = try? HTTPRequest(
            HTTPRequestHead(version: head.version, method: head.method, uri: head.uri), secure: false,
            splitCookie: false)
        return request?.path ?? head.uri
    }
}
