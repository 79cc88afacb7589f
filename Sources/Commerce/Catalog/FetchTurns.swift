import Persistence
import Synchronization

/// How many images are being fetched of each shop, and from each host: one that keeps us waiting takes only its own turns.
package final class FetchTurns: Sendable {
    /// How many may be fetched at once: in all, of a shop, and of a shop from one host.
    package static let (inAll, perShop, perHost) = (16, 4, 3)

    private let underWay = Mutex<[Int64: [String: Int]]>([:])

    package init() {}

    /// The shops that have a turn, those with the fewest under way first and then as they come.
    func order(_ shops: [Int64]) -> [Int64] {
        underWay.withLock { underWay in
            let counts = underWay.mapValues { $0.values.reduce(0, +) }
            guard counts.values.reduce(0, +) < Self.inAll else { return [] }
            return shops.enumerated().map { (count: counts[$1] ?? 0, place: $0, shop: $1) }
                .filter { $0.count < Self.perShop }
                .sorted { ($0.count, $0.place) < ($1.count, $1.place) }.map(\.shop)
        }
    }

    /// The hosts that have all their turns of a shop.
    func fullHosts(of shop: Int64) -> [String] {
        underWay.withLock { ($0[shop] ?? [:]).filter { $0.value >= Self.perHost }.map(\.key) }
    }

    /// Takes a turn, if there is one.
    func begin(_ shop: Int64, _ host: String) -> Bool {
        underWay.withLock { underWay in
            let hosts = underWay[shop] ?? [:]
            let all = underWay.values.reduce(0) { $0 + $1.values.reduce(0, +) }
            guard all < Self.inAll, hosts.values.reduce(0, +) < Self.perShop, hosts[host, default: 0] < Self.perHost
            else { return false }
            underWay[shop, default: [:]][host, default: 0] += 1
            return true
        }
    }

    package func end(_ claim: ImageFetches.Claim) {
        end(claim.shop, claim.host)
    }

    func end(_ shop: Int64, _ host: String) {
        underWay.withLock { underWay in
            let left = (underWay[shop]?[host] ?? 1) - 1
            underWay[shop]?[host] = left > 0 ? left : nil
            if underWay[shop]?.isEmpty == true { underWay[shop] = nil }
        }
    }
}
