/// What products are sorted by: a number, or the bytes of a name.
struct SearchKey: Sendable, Equatable {
    var number: Int64 = 0
    var name: [UInt8] = []

    func isBefore(_ other: SearchKey) -> Bool {
        number != other.number ? number < other.number : name.lexicographicallyPrecedes(other.name)
    }
}
