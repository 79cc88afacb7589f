import Basics
import Resources
import Server
import Support
import Testing

/// What the people who run the server ask of it (CONTRACT 7, "Operations").
@Suite struct HealthTests {
    @Test func `livez and readyz answer without a token`() async throws {
        let shop = try await TestShop.open()
        for path in ["/livez", "/readyz"] {
            let reply = try await shop.anonymous("GET", path)
            #expect(reply.status == 200, "\(path)")
            #expect(reply.text == "ok\n", "\(path)")
            #expect(reply[header: "Content-Type"] == "text/plain; charset=utf-8", "\(path)")
            #expect(reply[header: "Cache-Control"] == "no-store", "\(path)")
        }
    }

    @Test func `without its database the server is alive and not ready`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        #expect(try await shop.get("product").status == 200)
        await server.storage.close()
        #expect(try await shop.anonymous("GET", "/livez").status == 200)
        #expect(try await shop.anonymous("GET", "/readyz").status == 503)
        for (method, body) in [("GET", nil), ("POST", ["name": "A"])] as [(String, JSON?)] {
            let reply = try await shop.send(method, "/REST/product", body)
            #expect(reply.status == 503, "\(method)")
            #expect(reply[header: "Retry-After"] != nil, "\(method)")
            #expect(reply[header: "Content-Type"] == "application/problem+json", "\(method)")
        }
        await server.stop()
    }

    @Test func `metrics count every answer by route and status`() async throws {
        let server = try await TestServer()
        let shop = try await TestShop.open(on: server)
        for _ in 1...3 { try await shop.get("product") }
        try await shop.get("product/1")
        try await shop.get("product/2")
        try await shop.get("nothing")
        let reply = try await shop.anonymous("GET", "/metrics")
        #expect(reply[header: "Content-Type"] == "text/plain; charset=utf-8")
        let lines = Set(reply.text.split(separator: "\n").map(String.init))
        for line in [
            #"butik_requests_total{route="GET /REST/product",status="200"} 3"#,
            #"butik_requests_total{route="GET /REST/product/{product_id}",status="404"} 2"#,
            #"butik_requests_total{route="unmatched",status="404"} 1"#,
            #"butik_request_seconds_count{route="GET /REST/product"} 3"#,
            #"butik_request_seconds_bucket{route="GET /REST/product",le="+Inf"} 3"#, "butik_requests_in_flight 1",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(!reply.text.contains(shop.token(.all)))
        await server.stop()
    }

    @Test func `the index lists the resources with their addresses and methods`() async throws {
        let shop = try await TestShop.open()
        let resources = try await shop.anonymous("GET", "/REST").json["resources"].elements
        let names = resources.map { $0["name"].text }
        #expect(
            names == [
                "app", "app-code", "app-install", "audit", "brand", "category", "country", "customer", "event",
                "import", "landing-page", "mail",
                "manufacturer",
                "order", "order-label", "payment-gateway", "product", "product-label", "product-supplier", "profile",
                "profile-attribute",
                "profile-attribute-value", "redirect", "safety-profile", "self", "shipping", "shop", "stock",
                "stock-entry", "supplier", "token", "variant", "webhook", "webhook-delivery",
            ])
        for resource in resources {
            #expect(resource["href"].text == "/REST/" + resource["name"].text)
            for method in resource["methods"].elements.map(\.text) where method == "GET" {
                #expect(try await shop.send(method, resource["href"].text).status == 200, "\(resource["name"].text)")
            }
        }
        #expect(resources[names.firstIndex(of: "product") ?? 0]["methods"] == ["GET", "POST"])
        #expect(resources[names.firstIndex(of: "country") ?? 0]["methods"] == ["GET"])
    }

    @Test func `the served document is the documented one`() async throws {
        let shop = try await TestShop.open()
        let reply = try await shop.anonymous("GET", "/openapi.json")
        #expect(reply[header: "Content-Type"] == "application/json")
        #expect(reply.json == Contract.document)
        #expect(reply.json["servers"] == [["url": .string(TestServer.publicURL)]])
    }
}
