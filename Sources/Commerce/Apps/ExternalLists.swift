import Basics
package import Outbound
import Resources
import Synchronization

/// Lists of values that apps have elsewhere: asked for at their callback URL when a form is shown and when it is saved, and known for a
/// minute (seed 002, "Meta data").
package final class ExternalLists: Sendable {
    /// Asks an address, and answers its body where it is answered with 200.
    package typealias Fetch =
        @Sendable (_ url: OutboundURL, _ headers: [(name: String, value: String)]) async -> [UInt8]?

    /// Keys with their labels, in the order they came.
    typealias List = [(key: String, label: String)]

    private struct Known {
        let list: List
        let until: Instant
    }

    private static let keptSeconds: Int64 = 60
    private static let keptMax = 1000
    private static let keysMax = 1000

    private let fetch: Fetch
    private let known = Mutex<[ExactText: Known]>([:])

    package init(_ fetch: @escaping Fetch) {
        self.fetch = fetch
    }

    /// The list of a field; nil where the app answers none.
    /// - Parameter token: the app's own.
    func list(
        of field: String, at callback: String, shop: Int64, token: String, now: Instant
    ) async -> List? {
        let query = "type=field&name=\(PercentEncoding.text(field.utf8))&webshop_id=\(shop)"
        let address = ExactText(callback + (callback.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query)
        let kept = known.withLock { $0[address] }
        if let kept, now < kept.until, now >= kept.until.adding(seconds: -Self.keptSeconds) { return kept.list }
        guard let url = try? OutboundURL(address.text),
            let body = await fetch(url, [("x-app-token", token), ("Accept", "application/json")]),
            let list = Self.read(body)
        else { return nil }
        known.withLock { known in
            if known.count >= Self.keptMax { known.removeAll() }
            known[address] = Known(list: list, until: now.adding(seconds: Self.keptSeconds))
        }
        return list
    }

    /// `{"key": "label"}`; nil for anything else.
    private static func read(_ body: [UInt8]) -> List? {
        guard case .object(let object) = try? JSONParser.parse(body), object.members.count <= keysMax else {
            return nil
        }
        var list: List = []
        for member in object.members {
            guard let label = member.value.words else { return nil }
            list.append((member.name, label))
        }
        return list
    }
}
