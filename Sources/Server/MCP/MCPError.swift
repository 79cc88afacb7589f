import Basics
import Resources

/// A message that was refused as such, in the form of JSON-RPC 2.0 (5.1). What is wrong with what a tool was told is no such
/// error but the tool's answer.
struct MCPError: Error {
    let code: Int64
    let message: String
    var data: JSON?
    /// The status of HTTP.
    var status = 400

    static func malformed(_ message: String) -> MCPError { MCPError(code: -32600, message: message) }

    static func parameters(_ message: String, status: Int = 200) -> MCPError {
        MCPError(code: -32602, message: message, status: status)
    }

    /// MCP 2026-07-28, "Protocol Version Header": 404 there, and no status of its own before.
    static func unknownMethod(_ method: String, in version: MCPVersion) -> MCPError {
        MCPError(
            code: -32601, message: "Method not found: \(method) in \(version.rawValue)",
            status: version.isStateless ? 404 : 200)
    }

    /// MCP 2026-07-28, "Server Validation".
    static func headers(_ message: String) -> MCPError {
        MCPError(code: -32020, message: "Header mismatch: \(message)")
    }

    /// MCP 2026-07-28, "Protocol Version Negotiation".
    static func version(_ asked: String) -> MCPError {
        MCPError(
            code: -32022, message: "Unsupported protocol version",
            data: [
                "supported": .array(MCPVersion.allCases.map { .string($0.rawValue) }), "requested": .string(asked),
            ])
    }

    /// What the door or the server says of a request.
    init(_ problem: Problem, requestID: String) {
        code =
            switch problem.kind {
            case .malformed: -32700
            case .internal: -32603
            // What JSON-RPC leaves to applications.
            default: Int64(problem.kind.rawValue)
            }
        message = problem.detail
        data = ["code": .string(problem.code), "request_id": .string(requestID)]
        status = problem.kind.rawValue
    }

    private init(code: Int64, message: String, data: JSON? = nil, status: Int = 400) {
        (self.code, self.message, self.data, self.status) = (code, message, data, status)
    }

    /// - Parameter id: of the request; nil where there was none to read, and then MCP wants none in the answer.
    func answer(to id: JSON?) -> Answer {
        var error: JSONObject = JSONObject([
            .init("code", .number(JSONNumber(code))), .init("message", .string(message)),
        ])
        if let data { error.append("data", data) }
        var body = JSONObject([.init("jsonrpc", "2.0")])
        if let id { body.append("id", id) }
        body.append("error", .object(error))
        var answer = Answer.json(.object(body))
        answer.status = status
        return answer
    }
}
