/// Who is next where pictures are made: one client has one made at a time, the shop that has fewest under way comes first, and
/// of those equal the one whose turn was longest ago. So a client who wants thousands waits for them alone.
///
/// A ticket is what somebody waits with.
package struct RenderTurns<Ticket> {
    /// Why somebody may not wait.
    package enum Refusal: Sendable {
        /// The client waits for too many already.
        case tooMany
        /// Too many wait, and the client is of those who want most.
        case crowded
    }

    private struct Waiter {
        let asker: RenderAsker
        let ticket: Ticket
    }

    /// When somebody of a shop last had a turn, and which of its clients.
    private struct Turns {
        var last = 0
        var ofClients: [String?: Int] = [:]

        mutating func give(_ turn: Int, _ client: String?) {
            if ofClients.count >= RenderTurns.clientsMax { ofClients = [:] }
            last = turn
            ofClients[client] = turn
        }
    }

    /// Two, because that is what two cores do; more would only slow each other and the shops.
    private static var runningMax: Int { 2 }
    /// So many a client may wait for of one shop, which is more than a page shows at once; all clients of a shop; and all.
    private static var waitingMaxOfClient: Int { 64 }
    private static var waitingMaxOfShop: Int { 256 }
    private static var waitingMax: Int { 1024 }
    /// Past this many clients of a shop their order begins anew.
    private static var clientsMax: Int { 10_000 }

    private var waiting: [Waiter] = []
    private var running: [RenderAsker] = []
    private var turn = 0
    /// Of the shops that somebody still wants something of.
    private var turns: [Int64: Turns] = [:]

    package init() {}

    package var lineLength: Int { waiting.count }

    /// Puts somebody in line.
    /// - Returns: who is refused in spite of that, or instead: of too many the shop and the client who want most give way.
    package mutating func wait(_ asker: RenderAsker, _ ticket: Ticket) -> (ticket: Ticket, reason: Refusal)? {
        waiting.append(Waiter(asker: asker, ticket: ticket))
        guard asker.address != nil else { return nil }
        let clients = waiting.lazy.map(\.asker).filter { $0.address != nil }
        let ofShop = clients.filter { $0.shop == asker.shop }
        if ofShop.count(where: { $0 == asker }) > Self.waitingMaxOfClient {
            return (waiting.removeLast().ticket, .tooMany)
        }
        if ofShop.count > Self.waitingMaxOfShop { return giveWay(in: asker.shop, for: asker) }
        guard clients.count > Self.waitingMax else { return nil }
        return giveWay(in: Self.greediest(clients.map(\.shop), asker.shop), for: asker)
    }

    private mutating func giveWay(
        in shop: Int64, for newcomer: RenderAsker
    ) -> (ticket: Ticket, reason: Refusal)? {
        let clients = waiting.map(\.asker).filter { $0.shop == shop && $0.address != nil }
        let greediest = Self.greediest(clients, newcomer)
        return waiting.lastIndex { $0.asker == greediest }.map { (waiting.remove(at: $0).ticket, .crowded) }
    }

    /// Who is there most often; the newcomer where nobody is more often than that.
    private static func greediest<Key: Hashable>(_ keys: some Sequence<Key>, _ newcomer: Key) -> Key {
        let counts = keys.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        guard let most = counts.max(by: { $0.value < $1.value }), most.value > counts[newcomer, default: 0] else {
            return newcomer
        }
        return most.key
    }

    /// Whoever may begin now, and counts as under way from then on; nil while nobody may.
    package mutating func next() -> Ticket? {
        guard running.count < Self.runningMax else { return nil }
        var first: (index: Int, rank: (Int, Int, Int))?
        for (index, waiter) in waiting.enumerated() where mayBegin(waiter.asker) {
            let rank = rank(waiter.asker)
            if first.map({ rank < $0.rank }) ?? true { first = (index, rank) }
        }
        guard let first else { return nil }
        let waiter = waiting.remove(at: first.index)
        turn += 1
        turns[waiter.asker.shop, default: Turns()].give(turn, waiter.asker.address)
        running.append(waiter.asker)
        return waiter.ticket
    }

    package mutating func end(_ asker: RenderAsker) {
        if let index = running.firstIndex(of: asker) { running.remove(at: index) }
        if !waiting.contains(where: { $0.asker.shop == asker.shop }) { turns[asker.shop] = nil }
    }

    private func mayBegin(_ asker: RenderAsker) -> Bool {
        asker.address == nil || !running.contains { $0.address == asker.address }
    }

    private func rank(_ asker: RenderAsker) -> (Int, Int, Int) {
        let turns = turns[asker.shop]
        return (
            running.count { $0.shop == asker.shop }, turns?.last ?? 0, turns?.ofClients[asker.address] ?? 0
        )
    }
}
