import Basics
import Resources
import Support

/// A client that keeps a copy of a list by `last_modified=`, as existing ones do: it remembers the highest stamp it has seen,
/// in the second that the wire shows.
struct Poller {
    let shop: TestShop
    let info: ResourceInfo
    let query: String
    private(set) var since = "1970-01-01 00:00:00"
    /// What it knows, by the id.
    private(set) var copy: [Int64: JSON] = [:]

    init(_ shop: TestShop, _ path: String, query: String = "limit=1000") throws {
        self.shop = shop
        info = try ResourceInfo.at(path)
        self.query = query
    }

    /// Asks for what has changed, page by page, and answers the ids it was shown.
    @discardableResult
    mutating func poll() async throws -> [Int64] {
        var seen: [Int64] = []
        var after: String? = ""
        while let place = after {
            let page = try await page(after: place)
            seen += take(page)
            after = page["paging"].names.contains("next") ? page["paging"]["next"].text : nil
        }
        remember()
        return seen
    }

    /// Notes the highest stamp it has seen, at the end of a walk.
    mutating func remember() {
        since = max(since, copy.values.map { $0["last_modified"].text }.max() ?? since)
    }

    func page(after place: String) async throws -> JSON {
        let path = "\(info.path)?envelope=1&last_modified=\(since.escaped)&\(query)&after=\(place.escaped)"
        return try await shop.get(path).json
    }

    @discardableResult
    mutating func take(_ page: JSON) -> [Int64] {
        let rows = page[info.plural].elements
        for row in rows { copy[row[info.key].integer] = row }
        return rows.map { $0[info.key].integer }
    }

    /// Whether it knows exactly what the server has.
    func isRight() async throws -> Bool {
        let all = try await shop.get("\(info.path)?envelope=1&limit=1000").json[info.plural].elements
        return copy == Dictionary(uniqueKeysWithValues: all.map { ($0[info.key].integer, $0) })
    }
}
