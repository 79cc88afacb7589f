/// A first-in, first-out line that gives up its front without moving the rest.
struct Queue<Element> {
    private var arrived: [Element] = []
    /// What arrived earliest, the very first at the end.
    private var leaving: [Element] = []

    var count: Int { arrived.count + leaving.count }
    var isEmpty: Bool { arrived.isEmpty && leaving.isEmpty }
    var first: Element? { leaving.last ?? arrived.first }

    mutating func append(_ element: Element) {
        arrived.append(element)
    }

    mutating func popFirst() -> Element? {
        if leaving.isEmpty {
            leaving = arrived.reversed()
            arrived.removeAll(keepingCapacity: true)
        }
        return leaving.popLast()
    }
}
