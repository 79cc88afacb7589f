import Basics
import Resources
import Server
import Support
import Testing

/// The Model Context Protocol by hand: versions, headers, and what is no message (modelcontextprotocol.io/specification).
@Suite struct MCPProtocolTests {
    private static func talk() async throws -> MCPTalk { MCPTalk(shop: try await TestShop.open()) }

    private static func request(_ method: String, _ params: String = "{}", id: String = "1") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
    }

    @Test func `a client of the newest version asks what is spoken and then just calls`() async throws {
        let talk = try await Self.talk()
        let reply = try await talk.ask("server/discover")
        #expect(reply.status == 200)
        #expect(reply[header: "Content-Type"] == "application/json")
        #expect(reply[header: "Mcp-Session-Id"] == nil)
        let result = reply.json["result"]
        #expect(reply.json["id"] == 7)
        #expect(result["resultType"] == "complete")
        #expect(result["supportedVersions"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"])
        #expect(result["capabilities"] == ["tools": [:]])
        #expect(result["cacheScope"] == "private")
        #expect(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "butik")
        let tools = try await talk.ask("tools/list").json["result"]
        #expect(tools["ttlMs"].integer > 0 && tools["resultType"] == "complete")
        for method in ["initialize", "ping", "resources/list"] {
            let unknown = try await talk.ask(method)
            #expect((unknown.status, unknown.json["error"]["code"].integer) == (404, -32601), "\(method)")
        }
    }

    @Test(arguments: ["2025-11-25", "2025-06-18", "2025-03-26"])
    func `an older client begins with initialize and is answered in its version`(_ version: String) async throws {
        let talk = try await Self.talk()
        let begun = try await talk.raw(
            Self.request("initialize", #"{"protocolVersion":"\#(version)","capabilities":{}}"#))
        #expect(begun.json["result"]["protocolVersion"].text == version)
        #expect(begun.json["result"]["serverInfo"]["name"] == "butik")
        #expect(begun.json["result"]["resultType"].isNull)
        // The oldest has no header of its version.
        let headers = version == "2025-03-26" ? [:] : ["MCP-Protocol-Version": version]
        let noted = try await talk.raw(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, headers: headers)
        #expect(noted.status == 202 && noted.body.isEmpty)
        let ping = try await talk.raw(Self.request("ping", id: #""a""#), headers: headers)
        #expect(ping.json == ["jsonrpc": "2.0", "id": "a", "result": [:]])
        #expect(
            try await talk.raw(Self.request("tools/list"), headers: headers).json["result"]["tools"][0]["name"]
                == "describe")
        let unknown = try await talk.raw(Self.request("server/discover"), headers: headers)
        #expect((unknown.status, unknown.json["error"]["code"].integer) == (200, -32601))
    }

    @Test func `who begins with a version that is not spoken is offered one that is`() async throws {
        let talk = try await Self.talk()
        for version in ["2024-11-05", "2099-01-01", "2026-07-28"] {
            let reply = try await talk.raw(Self.request("initialize", #"{"protocolVersion":"\#(version)"}"#))
            #expect(reply.json["result"]["protocolVersion"] == "2025-11-25")
        }
        let reply = try await talk.raw(Self.request("tools/list"), headers: ["MCP-Protocol-Version": "1900-01-01"])
        #expect((reply.status, reply.json["error"]["code"].integer) == (400, -32022))
        #expect(reply.json["id"] == 1)
        #expect(reply.json["error"]["data"]["requested"] == "1900-01-01")
        #expect(reply.json["error"]["data"]["supported"][0] == "2026-07-28")
    }

    @Test func `headers that do not say what the body says are refused`() async throws {
        let talk = try await Self.talk()
        let call: JSONObject = JSONObject([.init("name", "describe"), .init("arguments", [:])])
        #expect(try await talk.ask("tools/call", call).status == 200)
        #expect(try await talk.ask("tools/call", call, headers: ["Mcp-Name": "=?base64?ZGVzY3JpYmU=?="]).status == 200)
        for headers in [
            ["Mcp-Name": "search"], ["Mcp-Name": ""], ["Mcp-Method": "tools/list"], ["Mcp-Method": ""],
            ["MCP-Protocol-Version": ""], ["MCP-Protocol-Version": "2025-11-25"], ["Mcp-Name": "=?base64?_?="],
        ] {
            let reply = try await talk.ask("tools/call", call, headers: headers)
            #expect((reply.status, reply.json["error"]["code"].integer) == (400, -32020), "\(headers)")
            #expect(reply.json["id"] == 7)
        }
        let bare = try await talk.raw(
            Self.request("tools/list"), headers: ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list"])
        #expect((bare.status, bare.json["error"]["code"].integer) == (400, -32602))
    }

    @Test(arguments: [
        ("{", -32700), ("", -32600), ("[]", -32600), (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        ("7", -32600),
        ("null", -32600), (#"{"id":1,"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"ping","id":2}"#, 0),
        (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
    ])
    func `what is no message is refused as JSON-RPC refuses it`(_ body: String, _ code: Int64) async throws {
        let reply = try await Self.talk().raw(body)
        #expect(reply.json["jsonrpc"] == "2.0")
        if code == 0 {
            #expect(reply.status < 500)
        } else {
            #expect(reply.status == 400, "\(reply.text)")
            #expect(reply.json["error"]["code"].integer == code, "\(reply.text)")
            #expect(!reply.json["error"]["message"].text.isEmpty)
        }
    }

    @Test func `answers to requests that were never made are taken, and mean nothing`() async throws {
        let talk = try await Self.talk()
        #expect(try await talk.raw(#"{"jsonrpc":"2.0","id":1,"result":{}}"#).status == 202)
        #expect(
            try await talk.raw(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#).status
                == 202)
    }

    @Test func `only POST is taken`() async throws {
        let shop = try await TestShop.open()
        for method in ["GET", "DELETE", "PUT"] {
            let reply = try await HTTP.send(
                method, "/mcp", headers: ["Authorization": "Bearer \(shop.token(.all))"], port: shop.server.port)
            #expect(reply.status == 405)
            #expect(reply[header: "Allow"] == "POST, OPTIONS")
        }
        #expect(try await MCPTalk(shop: shop).raw("{}", headers: ["Content-Type": "text/plain"]).status == 415)
        let deeper = try await HTTP.send(
            "POST", "/mcp/more", headers: ["Authorization": "Bearer \(shop.token(.all))"], port: shop.server.port)
        #expect(deeper.status == 404)
    }

    @Test func `nobody comes in without a token, and its limits hold`() async throws {
        let server = try await TestServer(rateLimit: true)
        let shop = try await TestShop.open(on: server)
        let talk = MCPTalk(shop: shop)
        for header in ["Bearer nothing", ""] {
            let reply = try await talk.raw(Self.request("ping"), headers: ["Authorization": header])
            #expect(reply.status == 401)
            #expect(reply[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            #expect(reply.json["error"]["code"] == 401)
        }
        let made = try await shop.post("token", ["name": "Few", "access_level": "read", "daily_limit": 2]).json
        let few = ["Authorization": "Bearer \(made["token"].text)"]
        for left in [1, 0] {
            let reply = try await talk.raw(Self.request("ping"), headers: few)
            #expect(reply.status == 200)
            #expect(reply[header: "RateLimit"]?.contains("\"daily\";r=\(left)") == true)
        }
        let last = try await talk.raw(Self.request("ping"), headers: few)
        #expect((last.status, last.json["error"]["code"].integer) == (429, 429))
        #expect(last[header: "Retry-After"] != nil)
        let id = made["token_id"].integer
        try await server.handler.callLog.flush(to: server.storage)
        let calls = try await shop.get("token/\(id)/calls").json["calls"].elements
        #expect(calls.allSatisfy { $0["route"] == "/mcp" && $0["method"] == "POST" })
        #expect(calls.map { $0["status"].integer } == [429, 200, 200])
        await server.stop()
    }

    @Test func `a page of another origin is turned away, unless shop or token lets it in`() async throws {
        let shop = try await TestShop.open()
        let talk = MCPTalk(shop: shop)
        let foreign = try await talk.raw(Self.request("ping"), headers: ["Origin": "https://evil.test"])
        #expect((foreign.status, foreign.json["error"]["data"]["code"].text) == (403, "origin"))
        #expect(foreign[header: "Access-Control-Allow-Origin"] == nil)
        let blank = try await talk.raw(Self.request("ping"), headers: ["Origin": "null", "Authorization": ""])
        #expect(blank.status == 403)
        let own = try await talk.raw(Self.request("ping"), headers: ["Origin": TestServer.publicURL])
        #expect(own.status == 200)
        try await shop.put("shop", ["origins": ["https://office.test"]])
        let listed = try await talk.raw(Self.request("ping"), headers: ["Origin": "https://office.test"])
        #expect(listed.status == 200)
        #expect(listed[header: "Access-Control-Allow-Origin"] == "https://office.test")
        let other = MCPTalk(shop: try await TestShop.open())
        #expect(try await other.raw(Self.request("ping"), headers: ["Origin": "https://office.test"]).status == 403)
        let asked = try await HTTP.send(
            "OPTIONS", "/mcp", headers: ["Origin": "https://office.test", "Access-Control-Request-Method": "POST"],
            port: shop.server.port)
        #expect(asked[header: "Access-Control-Allow-Headers"]?.contains("MCP-Protocol-Version") == true)
    }
}
