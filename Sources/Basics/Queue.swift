/// A first-in, first-out line that gives up its front without moving the rest.
public struct Queue<Element> {
    @usableFromInline var arrived: [Element] = []
    /// What arrived earliest, the very first at the end.
    @usableFromInline var leaving: [Element] = []

    @inlinable public init() {}

    @inlinable public var count: Int { arrived.count + leaving.count }
    @inlinable public var isEmpty: Bool { arrived.isEmpty && leaving.isEmpty }
    @inlinable public var first: Element? { leaving.last ?? arrived.first }

    @inlinable public mutating func append(_ element: Element) {
        arrived.append(element)
    }

    @inlinable public mutating func popFirst() -> Element? {
        if leaving.isEmpty {
            leaving = arrived.reversed()
            arrived.removeAll(keepingCapacity: true)
        }
        return leaving.popLast()
    }
}
