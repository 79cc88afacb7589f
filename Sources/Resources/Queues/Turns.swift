/// Whose turn it is to have work of one kind done by this process: a turn for each shop, and within a shop for each
/// lane.
package struct Turns: Sendable {
    package let limits: TurnLimits
    /// What this process has under way, by shop and lane.
    private var underWay: [Int64: [String: Int]] = [:]
    /// When a shop that waits had its last turn, as a count of turns.
    private var served: [Int64: Int] = [:]
    private var turn = 0

    package init(_ limits: TurnLimits) {
        self.limits = limits
    }

    package var free: Int { limits.inAll - underWay.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

    /// Gives out the free places: the next one to the shop with the fewest under way, and of those to the one that has
    /// waited longest for its turn.
    /// - Parameters:
    ///   - waiting: shops with something due, as long as they have waited.
    ///   - held: what all processes have under way of each shop.
    /// - Returns: how many places each may take.
    package mutating func share(among waiting: [Int64], held: [Int64: Int]) -> [(shop: Int64, places: Int)] {
        var lines = waiting.map { shop in
            let own = underWay[shop]?.values.reduce(0, +) ?? 0
            return Line(
                shop: shop, room: limits.perShop - own, count: max(own, held[shop] ?? 0), last: served[shop] ?? 0)
        }
        for _ in 0..<max(0, free) {
            let next = lines.indices.filter { lines[$0].room > 0 }.min { lines[$0].isBefore(lines[$1]) }
            guard let next else { break }
            turn += 1
            lines[next].take(turn)
        }
        // Who waits no more need not be remembered.
        served = lines.reduce(into: [:]) { if $1.last > 0 { $0[$1.shop] = $1.last } }
        return lines.filter { $0.places > 0 }.map { ($0.shop, $0.places) }
    }

    /// A shop that waits.
    private struct Line {
        let shop: Int64
        var room: Int
        var count: Int
        var last: Int
        var places = 0

        func isBefore(_ other: Line) -> Bool { (count, last) < (other.count, other.last) }

        mutating func take(_ turn: Int) {
            (room, count, places, last) = (room - 1, count + 1, places + 1, turn)
        }
    }

    /// How many places of a lane are free.
    package func room(of shop: Int64, in lane: String) -> Int {
        limits.perLane - (underWay[shop]?[lane] ?? 0)
    }

    package mutating func begin(_ shop: Int64, _ lane: String) {
        underWay[shop, default: [:]][lane, default: 0] += 1
    }

    package mutating func end(_ shop: Int64, _ lane: String) {
        let left = (underWay[shop]?[lane] ?? 1) - 1
        underWay[shop]?[lane] = left > 0 ? left : nil
        if underWay[shop]?.isEmpty == true { underWay[shop] = nil }
    }
}
