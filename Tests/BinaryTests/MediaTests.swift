import Basics
import Foundation
import Resources
import Support
import Testing

/// Files, as the whole program deals with them.
@Suite struct MediaTests {
    private func upload(_ client: Client, _ path: String, _ bytes: [UInt8]) async throws -> JSON {
        let headers = ["Authorization": "Bearer \(client.token)", "Content-Type": "application/octet-stream"]
        let reply = try await HTTP.send("POST", "/REST/" + path, body: bytes, headers: headers, port: client.port)
        try #require(reply.status == 200, "\(reply.text)")
        return reply.json
    }

    /// The address of something public, as a path.
    private func path(_ url: JSON) throws -> String {
        let components = try #require(URLComponents(string: url.text))
        return components.percentEncodedPath + (components.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    @Test func `an image by address is fetched in the background and is still there after a crash`() async throws {
        let outside = try await Receiver()
        outside.answer("/now.png", .init(200, Picture.png(40, 30)))
        let binary = try await Binary.fresh()
        let folder = Binary.folder()
        let settings = ["BUTIK_OUTBOUND_ALLOW": outside.host, "BUTIK_MEDIA_DIR": folder]
        let (serving, client, product) = try await binary.openShop { try await binary.serve(settings: settings) }
        let url = JSON.string("http://\(outside.host)/now.png")
        #expect(try await client.post("product/\(product)/image", ["url": url]).status == 200)
        #expect(try await client.post("product/\(product)/image", ["url": "http://127.0.0.1:1/a.png"]).status == 422)
        var image = JSON.null
        try await eventually("the image") {
            image = try await client.get("product/\(product)").json["images"][0]
            return image["width"] == 40
        }
        try await serving.kill()
        let again = try await binary.serve(settings: settings)
        #expect(try await HTTP.send("GET", path(image["url"]), port: again.port).status == 200)
        #expect(FileManager.default.fileExists(atPath: folder + "/1"))
        #expect(!FileManager.default.fileExists(atPath: binary.data + "/media"))
        #expect(try await again.stop() == 0)
        await outside.stop()
    }

    @Test func `an upload whose client hangs up leaves nothing behind`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        let temporary = binary.data + "/media/tmp"
        let names = { (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? [] }
        do {
            let socket = try Socket(port: serving.port)
            try socket.write(
                Array(
                    """
                    POST /REST/product/\(product)/image HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r
                    Authorization: Bearer \(client.token)\r\nContent-Length: 100000\r\n\r\n
                    """.utf8) + [UInt8](repeating: 1, count: 50_000))
            try await eventually("an upload under way") { names().count == 1 }
        }
        try await eventually("an empty folder") { names().isEmpty }
        #expect(try await client.get("product/\(product)").json["images"] == [])
        #expect(try await serving.stop() == 0)
    }

    @Test func `large files go out with flat memory`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        let large = Picture.pdf + [UInt8](repeating: 0x20, count: 16 << 20) + Array("%%EOF\n".utf8)
        let file = try await upload(client, "product/\(product)/file?filename=large.pdf", large)
        let address = try path(file["url"])
        let before = try serving.peakKilobytes
        let replies = try await together(8) { _ in try await HTTP.send("GET", address, port: serving.port) }
        #expect(replies.allSatisfy { $0.status == 200 && $0.body == large })
        let grown = try serving.peakKilobytes - before
        #expect(grown < 30 * 1024, "grew by \(grown) KB")
        #expect(try await serving.stop() == 0)
    }

    @Test func `a hostile image costs neither time nor memory`() async throws {
        let binary = try await Binary.fresh()
        let (serving, client, product) = try await binary.openShop { try await binary.serve() }
        _ = try await upload(client, "product/\(product)/image", Picture.png(4, 4))
        let before = try serving.peakKilobytes
        let headers = ["Authorization": "Bearer \(client.token)", "Content-Type": "image/png"]
        for bomb in [Picture.png(50_000, 50_000, data: [0]), Picture.gif(frames: 10_000)] {
            let path = "/REST/product/\(product)/image"
            let start = ContinuousClock.now
            let reply = try await HTTP.send("POST", path, body: bomb, headers: headers, port: serving.port)
            #expect(reply.status == 422)
            #expect(start.duration(to: .now) < .seconds(2), "the bar is 200 ms, on a machine that does nothing else")
        }
        #expect(try serving.peakKilobytes - before < 20 * 1024)
        #expect(try await serving.stop() == 0)
    }
}

extension Serving {
    /// The most memory it has ever had.
    fileprivate var peakKilobytes: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(program.identifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(Int(line.filter(\.isNumber)))
        }
    }
}
