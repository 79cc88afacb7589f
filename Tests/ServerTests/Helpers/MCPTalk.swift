import Basics
import Resources
import Support

/// Speaks to `/mcp` of a shop by hand, for what no client sends.
struct MCPTalk {
    let shop: TestShop
    static let newest = "2026-07-28"

    /// Sends a body as it is.
    func raw(_ body: String, headers: [String: String] = [:], as level: AccessLevel = .all) async throws -> Reply {
        var all = ["Authorization": "Bearer \(shop.token(level))", "Content-Type": "application/json"]
        all.merge(headers) { _, new in new }
        return try await HTTP.send(
            "POST", "/mcp", body: Array(body.utf8), headers: all.filter { !$0.value.isEmpty }, port: shop.server.port)
    }

    /// A request of the newest version, with all that it has to say of itself.
    func ask(
        _ method: String, _ params: JSONObject = JSONObject(), headers: [String: String] = [:],
        as level: AccessLevel = .all
    ) async throws -> Reply {
        var params = params
        params.append("_meta", Self.meta(Self.newest))
        var all = ["MCP-Protocol-Version": Self.newest, "Mcp-Method": method]
        if let name = params["name"]?.words { all["Mcp-Name"] = name }
        all.merge(headers) { _, new in new }
        let message: JSON = ["jsonrpc": "2.0", "id": 7, "method": .string(method), "params": .object(params)]
        return try await raw(message.serialized, headers: all, as: level)
    }

    static func meta(_ version: String) -> JSON {
        [
            "io.modelcontextprotocol/protocolVersion": .string(version),
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
    }

    /// What a tool says, and whether it says that something is wrong.
    func call(
        _ tool: String, _ arguments: JSON = [:], as level: AccessLevel = .all
    ) async throws -> (text: String, isError: Bool) {
        let reply = try await ask(
            "tools/call", JSONObject([.init("name", .string(tool)), .init("arguments", arguments)]), as: level)
        let result = reply.json["result"]
        return (result["content"][0]["text"].text, result["isError"] == true)
    }
}
