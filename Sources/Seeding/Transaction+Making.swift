import Resources

extension Transaction {
    /// Stores a new row of which everything but what is filled in has its starting value.
    @discardableResult
    func make<R: Resource>(_: R.Type, _ fill: (inout R) throws -> Void) throws -> Int64 {
        var value = try R.starting(try newID(R.self))
        try fill(&value)
        return try insert(value).id
    }
}
