import Basics
import Commerce
import Resources
import Server
import Support
import Testing

/// The MCP client of PyPI against this server: all that its programs do with the tools (`Tests/Fixtures/mcp_tools.py`).
@Suite struct MCPClientTests {
    @Test(arguments: [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
    func `a real client finds, looks, tries, writes once, labels and is told what is wrong`(
        _ mode: String, _ version: String
    ) async throws {
        let shop = try await TestShop.open()
        let teapot = try await shop.product("Teapot", price: 249, stock: 10)
        try await shop.post("customer", ["name": "Anna Larsen", "email": "anna@example.com"])
        for _ in 0..<2 { _ = try await shop.order(teapot) }
        let url = "http://127.0.0.1:\(shop.server.port)/mcp"
        let arguments = [url, mode] + [AccessLevel.read, .write, .all].map { shop.token($0) }
        let said = try await Python.run("mcp_tools.py", arguments).split(separator: "\n").map {
            try JSONParser.parse(Array($0.utf8))
        }
        let steps = Dictionary(said.map { ($0["step"].text, $0) }) { $1 }
        func told(_ step: String, _ facts: JSONObject) {
            for fact in facts.members {
                #expect(steps[step]?[fact.name] == fact.value, "\(step): \(steps[step]?.serialized ?? "never said")")
            }
        }
        told(
            "connect",
            JSONObject([.init("version", .string(version)), .init("server", "butik"), .init("instructions", true)]))
        told("hints", JSONObject([.init("read", ["describe", "get", "list", "search"])]))
        told(
            "describe",
            JSONObject([
                .init(
                    "order",
                    ["order: search list get create update delete; tools: cancel_order label_order unlabel_order"])
            ]))
        told(
            "members",
            JSONObject([.init("status", ["status text fs =new,inprocess,pending,ready,sent,credit,cancelled"])]))
        told("search", JSONObject([.init("head", "1 of 1"), .init("name", "Teapot")]))
        told("search_customer", JSONObject([.init("name", "Anna Larsen")]))
        told("list", JSONObject([.init("heads", ["1 of 2", "1 of 2"]), .init("different", true)]))
        told(
            "dry_run",
            JSONObject([
                .init("text", #"Dry run, nothing is stored: create_brand {"name":"Dry","rewrite_url":"dry"}"#),
                .init("brands", "0 of 0"),
            ]))
        told(
            "twice",
            JSONObject([
                .init("same", true), .init("begins", ["Done:", "Was done before:"]), .init("brands", "1 of 1"),
            ]))
        told("other_body", JSONObject([.init("error", true), .init("code", "422 invalid")]))
        told("label", JSONObject([.init("error", false), .init("labels", ["from MCP"])]))
        told("unlabel", JSONObject([.init("error", false), .init("labels", .null)]))
        told("error", JSONObject([.init("error", true)]))
        let lines = steps["error"]?["lines"].elements.map(\.text) ?? []
        #expect(lines.contains { $0.hasPrefix("/price ") } && lines.contains { $0.hasPrefix("/colour ") }, "\(lines)")
        told("missing", JSONObject([.init("error", true), .init("code", "404 not_found")]))
        told("unknown", JSONObject([.init("code", -32602)]))
        told(
            "levels",
            JSONObject([.init("read", ["describe", "search", "list", "get"]), .init("all", ["rotate_token"])]))
        let writing = steps["levels"]?["write"].elements.map(\.text) ?? []
        #expect(Set(["create", "update", "delete", "cancel_order", "label_order"]).isSubset(of: writing))
        #expect(!writing.contains("rotate_token"))
        told(
            "level",
            JSONObject([
                .init("error", true),
                .init("text", "403 level: This call needs a token of level write; yours is read."),
            ]))
    }
}
