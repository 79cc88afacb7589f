import Resources
import Server
import Support
import Testing

/// HEAD, OPTIONS and 405 work on every route there is (CONTRACT 4, "Options").
@Suite struct EveryEndpointMethodTests {
    @Test func `HEAD answers as GET does, without the body`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Methods")
        for endpoint in Endpoint.everything where endpoint.method == .get && endpoint.template != "/metrics" {
            let path = try furnished.path(endpoint)
            let get = try await furnished.shop.send("GET", path)
            let head = try await furnished.shop.send("HEAD", path)
            #expect(head.status == 200 && get.status == 200, "\(endpoint.label)")
            #expect(head.body.isEmpty, "\(endpoint.label)")
            // A stream's length is not known before its end.
            if get[header: "Transfer-Encoding"] == nil {
                #expect(head[header: "Content-Length"] == String(get.body.count), "\(endpoint.label)")
            }
            for name in ["Content-Type", "ETag", "Cache-Control", "X-Content-Type-Options"] {
                #expect(head[header: name] == get[header: name], "\(endpoint.label): \(name)")
            }
        }
    }

    @Test func `HEAD of what is not there has the status and no body`() async throws {
        let shop = try await TestShop.open()
        let missing = try await shop.send("HEAD", "/REST/product/1")
        #expect(missing.status == 404)
        #expect(missing.body.isEmpty)
        let anonymous = try await shop.anonymous("HEAD", "/REST/product")
        #expect(anonymous.status == 401)
        #expect(anonymous.body.isEmpty)
    }

    @Test func `OPTIONS of every path says which methods it takes`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Methods")
        for (template, methods) in Self.methods {
            let endpoint = try #require(Endpoint.everything.first { $0.template == template })
            let reply = try await furnished.shop.anonymous("OPTIONS", furnished.path(endpoint))
            #expect(reply.status == 200, "\(template)")
            let allow = reply[header: "Allow"] ?? ""
            let allowed = Set(allow.split(separator: ",").map { $0.filter { $0 != " " } })
            let extra: Set = methods.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]
            #expect(allowed == methods.union(extra), "\(template): \(allow)")
        }
    }

    @Test func `a method that a path does not take is 405 and names those it takes`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Methods")
        for (template, methods) in Self.methods {
            let endpoint = try #require(Endpoint.everything.first { $0.template == template })
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
                guard !methods.contains(method == "HEAD" ? "GET" : method) else { continue }
                let reply = try await furnished.shop.send(method, furnished.path(endpoint))
                #expect(reply.status == 405, "\(method) \(template): \(reply.status)")
                let allow = reply[header: "Allow"] ?? ""
                for taken in methods { #expect(allow.contains(taken), "\(method) \(template): \(allow)") }
                if method != "HEAD" { #expect(reply.code == "method", "\(method) \(template)") }
            }
        }
    }

    @Test func `what is nowhere is 404 with any method`() async throws {
        let shop = try await TestShop.open()
        for path in ["/", "/REST/nothing", "/REST/product/1/nothing", "/REST/products", "/nothing", "/rest/Product"] {
            for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
                let reply = try await shop.send(method, path)
                #expect(reply.status == 404, "\(method) \(path)")
                #expect(reply.code == "no_such_route", "\(method) \(path)")
            }
        }
    }

    /// The methods of every path.
    private static let methods = Endpoint.everything.reduce(into: [String: Set<String>]()) {
        $0[$1.template, default: []].insert($1.method.rawValue)
    }
}
