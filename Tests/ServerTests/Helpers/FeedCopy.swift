import Basics
import Resources
import Support

/// A copy of a resource, as a client keeps it: read from the list once, then kept by the feed. It knows nothing of how the server
/// comes by its proof.
struct FeedCopy {
    private let shop: TestShop
    private let info: ResourceInfo
    /// Where the feed goes on.
    private(set) var cursor = ""
    private(set) var versions: [Int64: Int64] = [:]
    private(set) var rows: [Int64: JSON] = [:]
    /// Events that were read since, in their order.
    private(set) var heard: [JSON] = []

    /// Reads all pages of the list, and the cursor of the first.
    /// - Parameter onPage: done between two pages.
    init(
        of info: ResourceInfo, in shop: TestShop, limit: Int = 200, onPage: () async throws -> Void = {}
    ) async throws {
        (self.shop, self.info) = (shop, info)
        var next: String? = ""
        while let after = next {
            let page = try await shop.get("\(info.path)?cursor=1&limit=\(limit)&after=\(after.escaped)").json
            if cursor.isEmpty { cursor = page["paging"]["cursor"].text }
            for (row, version) in zip(page[info.plural].elements, page["paging"]["versions"].elements) {
                (versions[id(row)], rows[id(row)]) = (version.integer, row)
            }
            next = page["paging"].names.contains("next") ? page["paging"]["next"].text : nil
            try await onPage()
        }
    }

    private func id(_ row: JSON) -> Int64 { row[info.path == "stock" ? "stock_id" : info.key].integer }

    /// Reads the feed up to a cursor, or to its end.
    mutating func follow(to end: String = "", limit: Int = 100) async throws {
        while true {
            let page = try await shop.get("event?resource=\(info.path)&limit=\(limit)&after=\(cursor)&until=\(end)")
                .json
            for event in page["events"].elements { take(event) }
            guard !page["events"].elements.isEmpty else { return }
            cursor = page["paging"]["next"].text
        }
    }

    /// Takes over what an event says.
    mutating func take(_ event: JSON) {
        heard.append(event)
        let (id, version) = (event["resource_id"].integer, event["sequence"].integer)
        switch event["type"].text {
        case "\(info.path).deleted": (versions[id], rows[id]) = (nil, nil)
        // What the list has shown already may come once more.
        case "\(info.path).created", "\(info.path).updated":
            guard versions[id, default: 0] <= version else { return }
            (versions[id], rows[id]) = (version, event["data"])
        default: break
        }
    }

    /// FNV-1a of 64 bits, added up: <http://www.isthe.com/chongo/tech/comp/fnv/>
    var checksum: String {
        var sum: UInt64 = 0
        for (id, version) in versions {
            var hash: UInt64 = 14_695_981_039_346_656_037
            for byte in "\(id):\(version)".utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
            sum &+= hash
        }
        return String(sum)
    }

    /// Whether it is what the server says that it has to be.
    func isProven(by proof: JSON) -> Bool {
        proof["checksum"].text == checksum && proof["count"].integer == Int64(versions.count)
    }
}
