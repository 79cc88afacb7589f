import Basics
import Foundation

/// One JSON-RPC message of a client, checked against its headers.
struct MCPMessage {
    /// What its answer is for; nil for a notification, which wants none.
    let id: JSON?
    let method: String
    let params: JSONObject
    let version: MCPVersion

    private static let prefix = "io.modelcontextprotocol/"

    /// - Parameters:
    ///   - message: the body of the request.
    ///   - headers: `version`, `method` and `name`, as far as the client sent them.
    init(_ message: JSONObject, _ headers: JSONObject) throws(MCPError) {
        guard message["jsonrpc"] == "2.0", case .string(let method)? = message["method"] else {
            throw .malformed("A message has \"jsonrpc\": \"2.0\" and the name of a method.")
        }
        id = Self.id(of: message)
        // JSON-RPC's null is no id here (MCP 2025-03-26, "Requests").
        guard id != nil || message["id"] == nil else { throw .malformed("An id is a text or a whole number.") }
        switch message["params"] {
        case nil: params = JSONObject()
        case .object(let object): params = object
        default: throw .malformed("params is an object.")
        }
        self.method = method
        let meta: JSONObject = if case .object(let meta)? = params["_meta"] { meta } else { JSONObject() }
        version = try Self.version(meta, headers)
        if version.isStateless, id != nil { try check(meta, headers) }
    }

    static func id(of message: JSONObject) -> JSON? {
        switch message["id"] {
        case .string(let text): .string(text)
        case .number(let number) where number.integer != nil: .number(number)
        default: nil
        }
    }

    private static func version(_ meta: JSONObject, _ headers: JSONObject) throws(MCPError) -> MCPVersion {
        let (said, header) = (meta[prefix + "protocolVersion"], headers["version"])
        if let said, said != header {
            throw .headers("MCP-Protocol-Version is not the protocolVersion of _meta.")
        }
        guard case .string(let name)? = header else { return .unsaid }
        guard let version = MCPVersion(rawValue: name) else { throw .version(name) }
        return version
    }

    /// What each request says of itself, so that whoever stands between reads it without the body.
    private func check(_ meta: JSONObject, _ headers: JSONObject) throws(MCPError) {
        guard meta[Self.prefix + "protocolVersion"] != nil, case .object? = meta[Self.prefix + "clientCapabilities"]
        else {
            throw .parameters("_meta needs \(Self.prefix)protocolVersion and clientCapabilities.", status: 400)
        }
        guard headers["method"] == .string(method) else { throw .headers("Mcp-Method is not \(method).") }
        guard method == "tools/call", case .string(let name)? = params["name"] else { return }
        guard case .string(let header)? = headers["name"], Self.decoded(header) == name else {
            throw .headers("Mcp-Name is not \(name).")
        }
    }

    /// What is no plain ASCII comes as base64 (MCP 2026-07-28, "Value Encoding").
    private static func decoded(_ header: String) -> String? {
        guard header.hasPrefix("=?base64?"), header.hasSuffix("?="), header.utf8.count >= 11 else { return header }
        return Data(base64Encoded: String(header.dropFirst(9).dropLast(2))).flatMap {
            String(validating: $0, as: UTF8.self)
        }
    }
}
