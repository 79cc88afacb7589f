/// One cell: an integer, a stretch of `bytes`, or null.
public struct Cell: Sendable {
    /// The integer, or where the text begins in the buffer.
    public let payload: Int64
    /// The text's length in bytes, or one of the two marks below.
    public let length: Int

    @inlinable public static var nullMark: Int { -1 }
    @inlinable public static var integerMark: Int { -2 }

    @inlinable public static var null: Cell { Cell(payload: 0, length: nullMark) }

    @inlinable public init(payload: Int64, length: Int) {
        self.payload = payload
        self.length = length
    }

    @inlinable public var isNull: Bool { length == Cell.nullMark }
    @inlinable public var isText: Bool { length >= 0 }
    @inlinable public var isInteger: Bool { length == Cell.integerMark }
}
