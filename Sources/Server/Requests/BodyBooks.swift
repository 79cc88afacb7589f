import Resources

/// Who holds how much of the memory for large bodies, and who waits for more.
///
/// A body takes its part as it comes, so several may have begun that cannot all go on. None is given so much that no order
/// would be left in which all of them could end: the banker's algorithm (Dijkstra, EWD 623), for all and for each shop.
struct BodyBooks {
    private struct Body {
        let shop: Int64
        /// What it says, or may say at most.
        let most: Int
        var held = 0

        var missing: Int { Swift.max(0, most - held) }
    }

    struct Waiter {
        fileprivate let id: Int
        fileprivate let shop: Int64
        fileprivate let bytes: Int
        /// Whether it waits for others than its own shop's.
        fileprivate let isForAll: Bool
        let go: CheckedContinuation<Bool, Never>
    }

    private let max: Int
    private var bodies: [Int: Body] = [:]
    private var waiting: [Waiter] = []
    private var lastID = 0

    /// - Parameter max: the bytes there are; a shop may have half of them.
    init(max: Int) {
        self.max = max
    }

    var lineLength: Int { waiting.count }

    /// Enters a body, which holds nothing yet.
    mutating func open(_ shop: Int64, atMost bytes: Int) -> Int {
        lastID += 1
        bodies[lastID] = Body(shop: shop, most: Swift.min(bytes, max / 2))
        return lastID
    }

    /// What a body holds is free again.
    /// - Returns: who may go on.
    mutating func close(_ id: Int) -> [Waiter] {
        bodies[id] = nil
        return serve()
    }

    /// Makes a body hold so many bytes in all, or puts it in line.
    /// - Returns: whether it holds them.
    mutating func take(_ bytes: Int, for id: Int, orWait go: CheckedContinuation<Bool, Never>) -> Bool {
        guard let shop = bodies[id]?.shop else { return false }
        let isForAll = mayHave(bytes, id, ofShop: true)
        // Who holds something ends the sooner for going on; who holds nothing yet stands behind those in line.
        let isBehind = bodies[id]?.held == 0 && waiting.contains { $0.isForAll || $0.shop == shop }
        if !isBehind, isForAll, mayHave(bytes, id, ofShop: false) {
            bodies[id]?.held = bytes
            return true
        }
        waiting.append(Waiter(id: id, shop: shop, bytes: bytes, isForAll: isForAll, go: go))
        return false
    }

    /// Takes a body out of the line that waits to hold so many bytes.
    /// - Returns: its place there, if it was still in line, and who may go on.
    mutating func giveUp(_ bytes: Int, for id: Int) -> (waiter: Waiter?, next: [Waiter]) {
        let index = waiting.firstIndex { $0.id == id && $0.bytes == bytes }
        return (index.map { waiting.remove(at: $0) }, serve())
    }

    /// Serves the line in its order; whom only its own shop stops holds nobody else up.
    private mutating func serve() -> [Waiter] {
        let line = waiting
        waiting = []
        var next: [Waiter] = []
        for waiter in line {
            if take(waiter.bytes, for: waiter.id, orWait: waiter.go) { next.append(waiter) }
        }
        return next
    }

    /// Whether all could still end if a body held so many bytes: whoever lacks least first.
    private func mayHave(_ bytes: Int, _ id: Int, ofShop: Bool) -> Bool {
        var grown = bodies
        grown[id]?.held = bytes
        guard let shop = grown[id]?.shop else { return false }
        let those = grown.values.filter { $0.held > 0 && (!ofShop || $0.shop == shop) }
        var free = (ofShop ? max / 2 : max) - those.reduce(0) { $0 + $1.held }
        guard free >= 0 else { return false }
        for body in those.sorted(by: { $0.missing < $1.missing }) {
            guard body.missing <= free else { return false }
            free += body.held
        }
        return true
    }
}
