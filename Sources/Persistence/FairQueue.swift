public import Basics

/// A line for each requester: first in, first out within it, and one of each in turn.
public struct FairQueue<Element> {
    @usableFromInline var lines: [Requester: Queue<Element>] = [:]
    /// Those who wait; who was served last is at the end.
    @usableFromInline var turns = Queue<Requester>()

    @inlinable public init() {}

    @inlinable public mutating func append(_ element: Element, for requester: Requester) {
        if lines[requester] == nil { turns.append(requester) }
        lines[requester, default: Queue()].append(element)
    }

    @inlinable public mutating func popFirst() -> Element? {
        guard let requester = turns.popFirst() else { return nil }
        let element = lines[requester]?.popFirst()
        if lines[requester]?.isEmpty ?? true {
            lines[requester] = nil
        } else {
            turns.append(requester)
        }
        return element
    }
}
