import Glibc

/// Text that is the same only byte for byte, as it is in the database. Swift's own `String` takes `é` in one scalar and in
/// two for equal, so a dictionary by it would give one row the place of another.
package struct ExactText: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.isSame(as: right.text)
    }

    package static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
        hasher.combine(UInt8(0xFF))
    }
}

extension String {
    /// Whether it is another text byte for byte.
    package func isExactly(_ other: String?) -> Bool { other.map { ExactText($0) == ExactText(self) } ?? false }

    /// Whether a text of the same length has the same bytes.
    fileprivate func isSame(as other: String) -> Bool {
        let known: Bool?? = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard let left = left.baseAddress, let start = right.baseAddress else { return right.isEmpty }
                return memcmp(left, start, right.count) == 0
            }
        }
        return known.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
    }
}

extension Set where Element == ExactText {
    package init(exact texts: some Sequence<String>) {
        self = Set(texts.lazy.map(ExactText.init))
    }

    /// The texts in the database's order.
    package var texts: [String] { sorted().map(\.text) }
}
