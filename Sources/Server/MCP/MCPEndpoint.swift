import Basics
import Persistence
import Resources

/// `POST /mcp` (CONTRACT 8, "MCP"): the Model Context Protocol over plain JSON. Nothing is kept from one request to the next.
enum MCPEndpoint {
    static let endpoint = Endpoint(
        .post, "/mcp", .token(.read), "mcp", "Speaks the Model Context Protocol.", Documentation(),
        .command { call, storage in try await answer(call, storage) })

    private static func answer(_ call: Call, _ storage: any Storage) async throws -> Answer {
        let sent = try call.object()
        guard case .object(let message)? = sent["message"] else {
            return MCPError.malformed("Send one JSON-RPC message, an object, with each request.").answer(to: nil)
        }
        // What a client answers to requests that were never made.
        if message["method"] == nil, message["result"] != nil || message["error"] != nil { return accepted }
        do {
            let message = try MCPMessage(message, sent)
            guard let id = message.id else { return accepted }
            let result = try await result(of: message, call, storage)
            return .json(["jsonrpc": "2.0", "id": id, "result": .object(result)])
        } catch let error as MCPError {
            return error.answer(to: MCPMessage.id(of: message))
        }
    }

    private static var accepted: Answer { Answer(status: 202, body: [], isTagged: false) }

    private static func result(
        of message: MCPMessage, _ call: Call, _ storage: any Storage
    ) async throws -> JSONObject {
        let isStateless = message.version.isStateless
        var result: JSONObject
        switch message.method {
        case "server/discover" where isStateless: result = discovery(call)
        case "initialize" where !isStateless: result = beginning(message, call)
        case "ping" where !isStateless: result = JSONObject()
        case "tools/list": result = list(call, isStateless)
        case "tools/call": result = try await ToolCall(call, storage).result(of: message.params)
        default: throw MCPError.unknownMethod(message.method, in: message.version)
        }
        if isStateless {
            result.append("resultType", "complete")
            result.append("_meta", ["io.modelcontextprotocol/serverInfo": serverInfo])
        }
        return result
    }

    // MARK: What the server is

    private static let serverInfo: JSON = ["name": "butik", "title": "Butik", "version": .string(OpenAPI.version)]

    private static let capabilities: JSON = ["tools": [:]]

    private static func instructions(_ call: Call) -> JSON {
        .string(
            """
            The back office of the shop "\(call.tenant.name)": products, orders, stock, customers and all else that it keeps. \
            `describe` says what there is and which members a resource has. Try a write with dry_run first; give it an \
            idempotency_key where it may be sent twice.
            """)
    }

    /// How long a client may keep what the server says of itself, and a token its tools.
    private static let keptMilliseconds: JSON = 300_000

    private static func discovery(_ call: Call) -> JSONObject {
        JSONObject([
            .init("supportedVersions", .array(MCPVersion.allCases.map { .string($0.rawValue) })),
            .init("capabilities", capabilities), .init("instructions", instructions(call)),
            .init("ttlMs", keptMilliseconds), .init("cacheScope", "private"),
        ])
    }

    private static func beginning(_ message: MCPMessage, _ call: Call) -> JSONObject {
        let asked: MCPVersion? =
            if case .string(let name)? = message.params["protocolVersion"] { MCPVersion(rawValue: name) } else { nil }
        let version = asked.flatMap { $0.isStateless ? nil : $0 } ?? .newestBegun
        return JSONObject([
            .init("protocolVersion", .string(version.rawValue)), .init("capabilities", capabilities),
            .init("serverInfo", serverInfo), .init("instructions", instructions(call)),
        ])
    }

    private static func list(_ call: Call, _ isStateless: Bool) -> JSONObject {
        var result = JSONObject([.init("tools", .array(Tool.all(upTo: call.caller.level).map(\.json)))])
        if isStateless {
            result.append("ttlMs", keptMilliseconds)
            result.append("cacheScope", "private")
        }
        return result
    }
}
