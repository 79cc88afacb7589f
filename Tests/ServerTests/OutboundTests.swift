import Basics
import Outbound
import Support
import Synchronization
import Testing
import Transfers

/// Where calls to addresses that others gave us may go (CONTRACT 6).
@Suite struct OutboundTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
        "172.31.9.9",
        "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "100::1", "2001::1",
        "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "5f00::1", "::127.0.0.1",
    ])
    func `an address that is not of the public Internet is known as such`(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic == false)
        let url = try OutboundURL(text.contains(":") ? "https://[\(text)]/x" : "https://\(text)/x")
        #expect(throws: OutboundURL.Refused.self) { try OutboundPolicy().check(url) }
    }

    @Test(arguments: [
        "1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1",
    ])
    func `a public address is one`(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "https:/example.com", "https://", "https:///x", "https://a b.com",
        "https://user@example.com", "https://user:pw@example.com/", "https://example.com:0",
        "https://example.com:65536",
        "https://example.com:x", "https://example.com:+80", "https://ex\u{e6}mple.com",
        "https://example.com/\r\nHost: x",
        "https://example.com/\u{0}", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/",
        "https://1.2.3.4.5/", "https://[::1", "https://[::1]x", "https://[fe80::1%25eth0]/", "https://[1.2.3.4]/",
        "https://-..com/", "https://example.com..", "javascript:alert(1)", "file:///etc/passwd", "//example.com",
    ])
    func `an address that is not plain is refused`(_ text: String) {
        #expect(throws: OutboundURL.Refused.self, "\(text)") { try OutboundURL(text) }
    }

    @Test func `what is beyond plain letters in path and query is encoded, and in a host refused`() throws {
        let url = try OutboundURL("https://x.test/r\u{f8}d bede.jpg?q=\u{1F4A1}#\u{e6}")
        #expect(url.target == "/r%C3%B8d%20bede.jpg?q=%F0%9F%92%A1")
        #expect(try OutboundURL("https://x.test/a%20b").target == "/a%20b")
        let long = "https://x.test/" + String(repeating: "\u{f8}", count: 400)
        #expect(throws: OutboundURL.Refused.self) { try OutboundURL(long) }
        // Its small form would be a plain k.
        #expect(throws: OutboundURL.Refused.self) { try OutboundURL("https://\u{212A}.test/") }
    }

    @Test func `a plain address is taken apart`() throws {
        let url = try OutboundURL("HTTPS://Shop.Example:8443/a/b?c=d#e")
        #expect((url.scheme, url.host, url.port, url.target) == (.https, "shop.example", 8443, "/a/b?c=d"))
        #expect(try OutboundURL("https://example.com").target == "/")
        #expect(try OutboundURL("https://example.com?x=1").target == "/?x=1")
        #expect(try OutboundURL("http://[::1]:9002/x").authority == "[::1]:9002")
        #expect(try OutboundURL("https://example.com\\@evil.example/").host == "example.com")
    }

    @Test func `only the exact pairs on the list are exempt`() throws {
        let policy = try #require(OutboundPolicy("127.0.0.1:9001, [::1]:9002,hooks.internal:443"))
        for url in ["http://127.0.0.1:9001/x", "https://[::1]:9002/", "https://hooks.internal/x"] {
            try policy.check(try OutboundURL(url))
        }
        for url in [
            "http://127.0.0.1:9002/", "http://localhost:9001/", "http://hooks.internal/", "https://127.0.0.2:9001/",
        ] {
            #expect(throws: OutboundURL.Refused.self, "\(url)") { try policy.check(try OutboundURL(url)) }
        }
        for list in ["127.0.0.1", "http://a:1", "a:b", "127.0.0.1:9001/x", "*:80"] {
            #expect(OutboundPolicy(list) == nil, "\(list)")
        }
    }

    /// A client that believes what a test says of names, and counts how often it is asked.
    private func client(
        _ port: Int, names: [String: [String]] = [:], exempt: Bool = true, whole: Duration = .seconds(15),
        caFile: String? = nil
    ) -> OutboundClient {
        var limits = OutboundClient.Limits()
        limits.whole = whole
        let hosts = names.keys.map { "\($0):\(port)" } + ["127.0.0.1:\(port)"]
        return OutboundClient(
            OutboundPolicy(exempt: exempt ? Set(hosts) : []), by: TestServer.calls, limits: limits, caFile: caFile,
            lookUp: { name in (names[name] ?? []).compactMap { NetworkAddress($0) } })
    }

    private func failure(_ client: OutboundClient, _ url: String) async throws -> OutboundClient.Failure? {
        do {
            _ = try await client.send(.init("GET", try OutboundURL(url)))
            return nil
        } catch let failure as OutboundClient.Failure {
            return failure
        }
    }

    @Test func `a name with one private address among public ones is not called`() async throws {
        let outside = try await Receiver()
        let names = ["mixed.example": ["1.1.1.1", "127.0.0.1"], "inside.example": ["127.0.0.1"]]
        let client = client(outside.port, names: names, exempt: false)
        for name in names.keys {
            #expect(
                try await failure(client, "https://\(name):\(outside.port)/")
                    == .refused("is not on the public Internet"))
        }
        #expect(try await failure(client, "https://nowhere.example/") == .unreachable)
        #expect(outside.asked == [])
        await outside.stop()
    }

    @Test func `the call goes to the address that was checked, though the name would lead elsewhere by now`()
        async throws
    {
        let outside = try await Receiver()
        outside.answer("/x", .init(200, [1, 2, 3], headers: [("X-Answer", "yes")]))
        let asked = Mutex(0)
        let client = OutboundClient(
            OutboundPolicy(exempt: ["rebind.example:\(outside.port)"]), by: TestServer.calls,
            lookUp: { _ in
                let isFirst = asked.withLock { count in
                    count += 1
                    return count == 1
                }
                return [NetworkAddress(isFirst ? "127.0.0.1" : "10.255.255.1")].compactMap { $0 }
            })
        let reply = try await client.send(.init("GET", try OutboundURL("http://rebind.example:\(outside.port)/x")))
        #expect(reply.status == 200 && reply.body == [1, 2, 3])
        #expect(asked.withLock { $0 } == 1)
        await outside.stop()
    }

    @Test func `redirects are not followed, long answers not read, and silence ends in time`() async throws {
        let outside = try await Receiver()
        let base = "http://\(outside.host)"
        outside.answer("/moved", .init(302, headers: [("Location", base + "/target")]))
        outside.answer("/long", .init(200, [UInt8](repeating: 1, count: 65_537)))
        var silent = Receiver.Answer()
        silent.isSilent = true
        outside.answer("/silent", silent)
        let reply = try await client(outside.port).send(.init("GET", try OutboundURL(base + "/moved")))
        #expect(reply.status == 302)
        #expect(try await failure(client(outside.port), base + "/long") == .tooLarge)
        #expect(try await failure(client(outside.port, whole: .milliseconds(200)), base + "/silent") == .timeout)
        #expect(outside.asked == ["/moved", "/long", "/silent"])
        let client = client(outside.port)
        await outside.stop()
        #expect(try await failure(client, base + "/moved") == .unreachable)
    }

    @Test func `a host must prove who it is`() async throws {
        let outside = try await TLSReceiver(named: "secure.example")
        let names = ["secure.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]]
        let trusting = client(outside.port, names: names, caFile: outside.certificate)
        let reply = try await trusting.send(.init("GET", try OutboundURL("https://secure.example:\(outside.port)/x")))
        #expect(reply.body == [7])
        #expect(try await failure(trusting, "https://other.example:\(outside.port)/x") == .insecure)
        let wary = client(outside.port, names: names)
        #expect(try await failure(wary, "https://secure.example:\(outside.port)/x") == .insecure)
    }
}
