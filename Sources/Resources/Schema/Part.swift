/// Something that belongs to the rows of a resource and is nothing without them, such as their pictures or their address:
/// what it adds to answers and bodies, how it is stored, and how it goes when they go.
package struct Part<Owner: Resource>: Sendable {
    /// Stores what bodies say of it, before the rows themselves are stored.
    package typealias Store = @Sendable (_ rows: inout [Described<Owner>], _ isStrict: Bool, Transaction) throws -> Void
    /// Fills in what rows have of it, whoever writes them, before `Resource.prepare` has the last word.
    package typealias Settle = @Sendable (_ drafts: inout [Draft<Owner>], Transaction) throws -> Void
    /// Takes it along with a row that was deleted, or refuses that the row goes.
    package typealias Remove = @Sendable (_ old: Stored<Owner>, Transaction) throws -> Void

    /// What an answer shows of it, by the path of the resource.
    let members: @Sendable (_ owner: String) -> [AnswerMember]
    /// The members of a body that carry its files.
    let uploads: [UploadMember]
    /// What else clients can do with it.
    let endpoints: @Sendable () -> [Endpoint]
    let store: Store?
    let settle: Settle?
    let remove: Remove?

    /// - Parameters:
    ///   - members: what an answer shows of it, by the path of the resource. An embed that goes by a bit makes the rows have `parts`.
    ///   - uploads: the members of a body that carry its files.
    ///   - endpoints: what else clients can do with it, asked for once.
    package init(
        _ members: @escaping @Sendable (_ owner: String) -> [AnswerMember] = { _ in [] }, uploads: [UploadMember] = [],
        endpoints: @escaping @Sendable () -> [Endpoint] = { [] },
        store: Store? = nil, settle: Settle? = nil, remove: Remove? = nil
    ) {
        self.members = members
        self.uploads = uploads
        self.endpoints = endpoints
        self.store = store
        self.settle = settle
        self.remove = remove
    }
}

extension Resource {
    /// Stores what bodies say of the parts of rows that are about to be stored.
    /// - Parameter isStrict: refuse what is otherwise passed over.
    /// - Throws: all that is wrong with the parts.
    package static func storeParts(_ rows: inout [Described<Self>], isStrict: Bool, in tx: Transaction) throws {
        var faults = Faults()
        for part in parts { try faults.gather { try part.store?(&rows, isStrict, tx) } }
        try faults.finish()
    }
}
