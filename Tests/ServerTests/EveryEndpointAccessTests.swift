import Basics
import Resources
import Server
import Support
import Testing

/// Who may call what, for every route there is.
@Suite struct EveryEndpointAccessTests {
    @Test func `only these routes are open`() {
        let open = Endpoint.everything.filter { $0.access == .open }.map(\.label).sorted()
        #expect(
            open == [
                "GET /.well-known/oauth-authorization-server", "GET /.well-known/webhook-keys", "GET /REST",
                "GET /cache/{path}", "GET /download-pdf", "GET /livez", "GET /metrics", "GET /openapi.json",
                "GET /readyz",
            ])
    }

    @Test func `a token is asked for behind REST and nowhere else`() {
        for endpoint in Endpoint.everything where endpoint.label != "GET /REST" {
            let isBehindREST = endpoint.path.first == .literal("REST")
            #expect((endpoint.level != nil) == isBehindREST, "\(endpoint.label)")
        }
    }

    @Test func `only these routes are for programs that ask for tokens`() {
        let clients = Endpoint.everything.filter { $0.access == .client }.map(\.label).sorted()
        #expect(clients == ["POST /oauth/introspect", "POST /oauth/revoke", "POST /oauth/token"])
    }

    @Test func `nothing that a server answers over the network is meant for its owner`() {
        #expect(Endpoint.everything.allSatisfy { $0.access != .local && !$0.isCommand })
    }

    @Test func `only these routes need level all`() {
        let all = Endpoint.everything.filter { $0.level == .all }.map(\.label).sorted()
        #expect(
            all == [
                "DELETE /REST/app-install/{app_install_id}", "DELETE /REST/app/{app_id}",
                "DELETE /REST/token/{token_id}", "GET /REST/app", "GET /REST/app-install",
                "GET /REST/app-install/{app_install_id}", "GET /REST/app/{app_id}", "GET /REST/app/{app_id}/form",
                "GET /REST/app/{app_id}/payout",
                "GET /REST/audit", "GET /REST/audit/{audit_id}", "GET /REST/mail",
                "GET /REST/mail/{mail_id}", "GET /REST/token",
                "GET /REST/token/{token_id}",
                "GET /REST/token/{token_id}/calls", "GET /REST/token/{token_id}/usage",
                "PATCH /REST/app-install/{app_install_id}", "PATCH /REST/app/{app_id}", "PATCH /REST/shop",
                "PATCH /REST/token/{token_id}", "POST /REST/app", "POST /REST/app-install",
                "POST /REST/app-install/batch", "POST /REST/app/batch", "POST /REST/app/{app_id}/submit",
                "POST /REST/mail/{mail_id}/resend", "POST /REST/token",
                "POST /REST/token/batch",
                "POST /REST/token/{token_id}/rotate", "PUT /REST/app-install/{app_install_id}",
                "PUT /REST/app/{app_id}", "PUT /REST/shop", "PUT /REST/token/{token_id}",
            ])
    }

    @Test func `whatever writes needs a token that may write`() {
        for endpoint in Endpoint.everything where endpoint.access != .client {
            guard endpoint.isWrite || endpoint.method != .get else { continue }
            #expect((endpoint.level ?? .read) >= .write, "\(endpoint.label)")
            #expect(endpoint.isWrite, "\(endpoint.label) writes outside a transaction")
        }
    }

    @Test func `without a token everything but the open routes answers 401`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Access")
        for endpoint in Endpoint.everything {
            let path = try furnished.path(endpoint)
            let reply = try await furnished.shop.anonymous(endpoint.method.rawValue, path)
            guard endpoint.access != .open else {
                #expect(reply.status == 200, "\(endpoint.label)")
                continue
            }
            guard endpoint.access != .client else {
                #expect((reply.status, reply.json["error"]) == (400, "invalid_request"), "\(endpoint.label)")
                continue
            }
            #expect(reply.status == 401, "\(endpoint.label)")
            #expect(reply.code == "unauthenticated", "\(endpoint.label)")
            #expect(reply[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true, "\(endpoint.label)")
        }
    }

    @Test func `a token below the level answers 403 and names the level`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Access")
        for endpoint in Endpoint.everything {
            let path = try furnished.path(endpoint)
            for level in AccessLevel.allCases where level < endpoint.level ?? .read {
                let reply = try await furnished.shop.send(
                    endpoint.method.rawValue, path, furnished.change(endpoint), as: level)
                #expect(reply.status == 403, "\(endpoint.label) with \(level)")
                #expect(reply.code == "level", "\(endpoint.label)")
                let detail = reply.json["detail"].text
                #expect(detail.contains("level \(endpoint.level?.rawValue ?? "")"), "\(endpoint.label): \(detail)")
            }
        }
    }

    @Test func `a token of the level gets through to every reading route`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Access")
        for endpoint in Endpoint.everything where endpoint.method == .get {
            let path = try furnished.path(endpoint)
            let reply = try await furnished.shop.send("GET", path, as: endpoint.level ?? .read)
            #expect(reply.status == 200, "\(endpoint.label): \(reply.text)")
        }
    }

    @Test func `the feed shows a token nothing that its level may not read elsewhere`() async throws {
        let furnished = try await FurnishedShop.open(marker: "Access")
        func resources(_ level: AccessLevel) async throws -> Set<String> {
            let feed = try await furnished.shop.send("GET", "/REST/event?limit=1000", as: level).json["events"]
            return Set(feed.elements.map { $0["resource"].text })
        }
        #expect(try await resources(.all).isSuperset(of: ["token", "product", "order"]))
        for level in [AccessLevel.read, .write] {
            #expect(try await resources(level).isSuperset(of: ["product", "order"]))
            #expect(try await resources(level).contains("token") == false)
            let token = try await furnished.shop.get("event?resource=token&limit=1").json["events"][0]["event_id"]
                .integer
            #expect(try await furnished.shop.send("GET", "/REST/event/\(token)", as: level).status == 404)
        }
    }
}
