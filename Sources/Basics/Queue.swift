/// A first-in, first-out line that gives up its front without moving the rest.
package struct Queue<Element> {
    @usableFromInline var arrived: [Element] = []
    /// What arrived earliest, the very first at the end.
    @usableFromInline var leaving: [Element] = []

    @inlinable package init() {}

    @inlinable package var count: Int { arrived.count + leaving.count }
    @inlinable package var isEmpty: Bool { arrived.isEmpty && leaving.isEmpty }
    @inlinable package var first: Element? { leaving.last ?? arrived.first }

    @inlinable package mutating func append(_ element: Element) {
        arrived.append(element)
    }

    @inlinable package mutating func popFirst() -> Element? {
        if leaving.isEmpty {
            leaving = arrived.reversed()
            arrived.removeAll(keepingCapacity: true)
        }
        return leaving.popLast()
    }
}
