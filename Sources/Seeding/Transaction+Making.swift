import Basics
import Resources

extension Transaction {
    /// Stores a new row of which everything but what is filled in has its starting value.
    @discardableResult
    func make<R: Resource>(_: R.Type, _ fill: (inout R) throws -> Void) throws -> Int64 {
        var value = try R.starting(try newID(R.self))
        try fill(&value)
        return try insert(value).id
    }

    /// Stores a new row as a body describes it, which a row needs that cannot begin without a choice.
    func make<R: Resource>(_: R.Type, _ body: JSON) throws -> Int64 {
        guard case .object(let body) = body else { throw Problem.invalid("", "type", "must be an object") }
        return try ResourceEndpoints<R>.write(body, isStrict: true, self).id
    }
}
