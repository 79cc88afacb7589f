package import Basics

/// Where calls to addresses that others gave us may go (CONTRACT 6): https, and the public Internet only, but for the exact
/// `host:port` pairs that whoever runs the server has exempted.
package struct OutboundPolicy: Sendable {
    package let exempt: Set<String>

    /// - Parameter exempt: `127.0.0.1:9001`, `[::1]:9002`, `hooks.internal:443`.
    package init(exempt: Set<String> = []) {
        self.exempt = exempt
    }

    /// Reads a comma separated list of pairs; nil where one is none.
    package init?(_ list: String) {
        var exempt: Set<String> = []
        for word in list.split(separator: ",") {
            let pair = word.filter { $0 != " " }.lowercased()
            guard let url = try? OutboundURL("http://" + pair), url.authority == pair else { return nil }
            exempt.insert(pair)
        }
        self.exempt = exempt
    }

    package func isExempt(_ url: OutboundURL) -> Bool { exempt.contains(url.authority) }

    /// What can be said before the name is looked up.
    package func check(_ url: OutboundURL) throws(OutboundURL.Refused) {
        if isExempt(url) { return }
        guard url.scheme == .https else { throw .init("must begin with https://") }
        if let address = NetworkAddress(url.host), !address.isPublic { throw .init("is not on the public Internet") }
    }

    /// What the name turned out to be. One private address among public ones is enough to refuse.
    package func check(_ url: OutboundURL, at addresses: [NetworkAddress]) throws(OutboundURL.Refused) {
        guard !addresses.isEmpty else { throw .init("has a host that is not known") }
        guard isExempt(url) || addresses.allSatisfy(\.isPublic) else {
            throw .init("is not on the public Internet")
        }
    }
}
