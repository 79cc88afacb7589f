package import Basics

/// The handle inside a transaction. It never leaves the body that was given it.
package protocol Connection: AnyObject {
    var dialect: Dialect { get }

    func rows(_ sql: SQL) throws -> Rows

    /// Runs a statement for its effect and answers how many rows it changed.
    @discardableResult func run(_ sql: SQL) throws -> Int

    /// Runs statements that need no logic between them and answers the rows of each: in one round trip where there are any.
    func fetch(_ statements: [SQL]) throws -> [Rows]

    /// The same for their effect: how many rows each has changed.
    @discardableResult func run(_ statements: [SQL]) throws -> [Int]

    /// Runs statements whose answers nobody asks for. They may travel with the next statement or the commit, in their order,
    /// and what is wrong with one is told there.
    func post(_ statements: [SQL]) throws

    /// Runs statements without values, separated by semicolons.
    func script(_ text: String) throws

    /// The next number of a sequence. Nobody ever sees a number twice; one that was rolled back may come again.
    func newID(_ sequence: String) throws -> Int64

    /// Numbers drawn from a sequence now and not from a stock: greater than all that were drawn by transactions that ended
    /// before this call.
    func orderedIDs(_ sequence: String, _ count: Int) throws -> [Int64]

    /// Undoes what `body` did when it throws, and passes the error on. Can be nested.
    @discardableResult func savepoint<T>(_ body: () throws -> T) throws -> T

    /// Lets `horizon` know, in every process, that this transaction may stamp rows of a shop with this time or a later one.
    /// Rows are stamped with a clock that is read after `confirmStamps`, or somebody could look between reading and saying.
    func announceStamps(from floor: Instant, shop: Int64)

    /// Returns once what was announced is known. Where that fails, the next statement says so.
    func confirmStamps()

    /// From here to the end nothing else of the shop is written, by any process: what was looked at stays so, and nobody
    /// waits for rows that are held here. Where others may be writing, the body ends with an error that is not to be
    /// caught, and runs again, alone, when they have finished.
    func standAlone() throws

    /// The tables as they stand, to be compared with what the program expects.
    func describe() throws -> StoredSchema
}

extension Connection {
    /// There is one writer.
    package func standAlone() throws {}

    package func fetch(_ statements: [SQL]) throws -> [Rows] {
        try statements.map { try rows($0) }
    }

    @discardableResult package func run(_ statements: [SQL]) throws -> [Int] {
        try statements.map { try run($0) }
    }

    package func post(_ statements: [SQL]) throws {
        try run(statements)
    }

    package func row(_ sql: SQL) throws -> Row? {
        try rows(sql).first
    }
}
