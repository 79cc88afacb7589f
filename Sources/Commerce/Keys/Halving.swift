import Resources

extension Transaction {
    /// Does something to rows all together, or, where something is wrong with one, to each half for itself, down to the one.
    /// - Parameter alone: told of the one, which was left as it is.
    func halving<Row, Result>(
        _ rows: [Row], _ body: ([Row]) throws -> [Result], alone: (Row, Problem) throws -> [Result]
    ) throws -> [Result] {
        guard let first = rows.first else { return [] }
        do {
            return try savepoint { try body(rows) }
        } catch let problem as Problem {
            if rows.count == 1 { return try alone(first, problem) }
            let half = rows.count / 2
            return try halving(Array(rows[..<half]), body, alone: alone)
                + halving(Array(rows[half...]), body, alone: alone)
        }
    }
}
