import Basics
import Crypto
import Foundation
import Support
import Testing

/// What receivers verify, by others' code (Standard Webhooks).
@Suite struct WebhookSignatureTests {
    /// Has the libraries that receivers use verify calls, and answers what each said.
    private static func verified(_ calls: [Receiver.Call], with secret: String) async throws -> [String] {
        let lines = calls.map { call -> JSON in
            let headers = JSONObject(call.all.map { .init($0.name.lowercased(), .string($0.value)) })
            return ["headers": .object(headers), "body": .string(String(decoding: call.body, as: UTF8.self))]
        }
        let output = try await Python.run(
            "webhooks.py", [secret], input: lines.map(\.serialized).joined(separator: "\n"))
        return output.split(separator: "\n").map(String.init)
    }

    @Test func `the libraries of others verify what we sign, and nothing that was changed`() async throws {
        // Signed by the real clock, which those libraries go by.
        let world = try await WebhookWorld()
        world.server.clock.advance(
            seconds: Int64(Date().timeIntervalSince1970) - world.server.clock.now.milliseconds / 1000)
        let shop = try await world.shop()
        let hook = try await world.hook(shop, "/signed", ["product"])
        _ = try await shop.product("L\u{f8}ve \u{1F981} \"<&>\"")
        try await world.tell()
        let calls = world.receiver.calls("/signed")
        #expect(try await Self.verified(calls, with: hook["secret"].text) == ["standardwebhooks ok svix ok body ok"])
        let other = try await world.hook(shop, "/other", ["product"])["secret"].text
        #expect(try await Self.verified(calls, with: other) == ["standardwebhooks refused svix refused body refused"])
    }

    @Test func `while a rotation overlaps both secrets verify, and then only the new one`() async throws {
        let world = try await WebhookWorld()
        world.server.clock.advance(
            seconds: Int64(Date().timeIntervalSince1970) - world.server.clock.now.milliseconds / 1000)
        let shop = try await world.shop()
        let hook = try await world.hook(shop, "/rotated", ["product"])
        let rotated = try await shop.post("webhook/\(hook["webhook_id"].integer)/rotate", ["overlap_seconds": 60])
        let (old, new) = (hook["secret"].text, rotated.json["secret"].text)
        #expect(old != new)
        _ = try await shop.product()
        try await world.tell()
        let during = world.receiver.calls("/rotated")
        #expect(try await Self.verified(during, with: old) == ["standardwebhooks ok svix ok body refused"])
        #expect(try await Self.verified(during, with: new) == ["standardwebhooks ok svix ok body ok"])
        world.server.clock.advance(seconds: 61)
        _ = try await shop.product()
        try await world.tell()
        let after = Array(world.receiver.calls("/rotated").dropFirst())
        #expect(try await Self.verified(after, with: old) == ["standardwebhooks refused svix refused body refused"])
        #expect(try await Self.verified(after, with: new) == ["standardwebhooks ok svix ok body ok"])
    }

    @Test func `a signature with a private key is verified with the public one that the shop's host tells`()
        async throws
    {
        let world = try await WebhookWorld()
        let shop = try await TestShop.open(on: world.server) { $0.domains = ["keys.butik.test"] }
        let hook = try await world.hook(shop, "/v1a", ["product"], JSONObject([.init("signature", "v1a")]))
        try await world.hook(shop, "/v1", ["paid"])
        _ = try await shop.product()
        try await world.tell()
        let call = try #require(world.receiver.calls("/v1a").first)
        let reply = try await HTTP.send(
            "GET", "/.well-known/webhook-keys", headers: ["Host": "keys.butik.test"], port: world.server.port)
        let keys = reply.json["keys"].elements
        #expect(keys.map { $0["webhook_id"] } == [hook["webhook_id"]])
        let shown = try #require(keys.first)["public_key"].text.dropFirst("whpk_".count)
        let key = try #require(Data(base64Encoded: String(shown)))
        let signature = try #require(call[header: "webhook-signature"])
        #expect(signature.hasPrefix("v1a,"))
        let message = "\(call[header: "webhook-id"] ?? "").\(call[header: "webhook-timestamp"] ?? "")."
        let verified = try Curve25519.Signing.PublicKey(rawRepresentation: key).isValidSignature(
            try #require(Data(base64Encoded: String(signature.dropFirst(4)))), for: Array(message.utf8) + call.body)
        #expect(verified)
    }
}
