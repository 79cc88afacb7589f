/// For whom a picture is made.
package struct RenderAsker: Sendable, Hashable {
    package let shop: Int64
    /// Where the client is; nil for what a token brings in, which has limits of its own.
    package let address: String?
    /// Whether the work for this address is counted: at one where proxies stand everybody comes from it.
    package let isMetered: Bool

    package init(shop: Int64, address: String? = nil, isMetered: Bool = false) {
        self.shop = shop
        self.address = address
        self.isMetered = isMetered
    }
}

/// Who is next where pictures are made: one client has one made at a time, the shop that has fewest under way comes first, and
/// of those equal the one whose turn was longest ago. So a client who wants thousands waits for them alone.
struct RenderTurns {
    typealias Continuation = CheckedContinuation<Void, any Error>

    private struct Waiter {
        let asker: RenderAsker
        let continuation: Continuation
    }

    /// Two, because that is what two cores do; more would only slow each other and the shops.
    private static let runningMax = 2
    /// So many a client may wait for of one shop, which is more than a page shows at once, and all clients together.
    private static let waitingMaxOfClient = 64
    private static let waitingMaxOfShop = 256

    private var waiting: [Waiter] = []
    private var running: [RenderAsker] = []
    private var turn = 0
    private var lastTurn: [RenderAsker: Int] = [:]

    var lineLength: Int { waiting.count }

    /// Puts somebody in line.
    /// - Returns: who is refused in spite of that, or instead: of a shop with too many the client who wants most gives way.
    mutating func wait(
        _ asker: RenderAsker, _ continuation: Continuation
    ) -> (continuation: Continuation, reason: Renderer.Failure)? {
        guard asker.address != nil else {
            waiting.append(Waiter(asker: asker, continuation: continuation))
            return nil
        }
        let ofShop = waiting.filter { $0.asker.shop == asker.shop && $0.asker.address != nil }
        let mine = ofShop.count { $0.asker == asker }
        if mine >= Self.waitingMaxOfClient { return (continuation, .tooMuch(seconds: 2)) }
        waiting.append(Waiter(asker: asker, continuation: continuation))
        guard ofShop.count >= Self.waitingMaxOfShop else { return nil }
        let counts = ofShop.reduce(into: [asker: 1]) { $0[$1.asker, default: 0] += 1 }
        let greediest = counts.max { $0.value < $1.value }?.key ?? asker
        let giving = (counts[greediest] ?? 0) > mine + 1 ? greediest : asker
        guard let index = waiting.lastIndex(where: { $0.asker == giving }) else { return nil }
        return (waiting.remove(at: index).continuation, .busy)
    }

    /// Whoever may begin now, and counts as under way from then on; nil while nobody may.
    mutating func next() -> Continuation? {
        guard running.count < Self.runningMax else { return nil }
        let free = waiting.indices.filter { index in
            let address = waiting[index].asker.address
            return address == nil || !running.contains { $0.address == address }
        }
        guard let first = free.min(by: { rank($0) < rank($1) }) else { return nil }
        let waiter = waiting.remove(at: first)
        turn += 1
        lastTurn[waiter.asker] = turn
        running.append(waiter.asker)
        return waiter.continuation
    }

    mutating func end(_ asker: RenderAsker) {
        if let index = running.firstIndex(of: asker) { running.remove(at: index) }
        // Turns are remembered of shops that somebody still wants something of.
        let shops = Set(waiting.map(\.asker.shop))
        lastTurn = lastTurn.filter { shops.contains($0.key.shop) }
    }

    private func rank(_ index: Int) -> (Int, Int, Int, Int) {
        let asker = waiting[index].asker
        let ofShop = lastTurn.filter { $0.key.shop == asker.shop }.values.max() ?? 0
        return (running.count { $0.shop == asker.shop }, ofShop, lastTurn[asker] ?? 0, index)
    }
}
