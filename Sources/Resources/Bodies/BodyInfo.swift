/// The members of a body.
package struct BodyInfo: Sendable {
    package struct Member: Sendable {
        package let field: FieldInfo
        package let form: BodyForm
    }

    package private(set) var members: [Member] = []
    /// The resource whose fields stand beside them.
    package private(set) var resource: ResourceInfo?
    /// What its members are called, aliases included.
    package private(set) var names: Set<String> = []

    /// Whether the members are listed in the initialiser's order, which is that of the struct: two neighbours of one type
    /// could be swapped unseen.
    package internal(set) var isInOrder = true

    package init(_ members: [Member] = [], beside resource: ResourceInfo? = nil) {
        self.members = members
        self.resource = resource
        names = Set(members.flatMap { [$0.field.name] + $0.field.aliases })
    }

    mutating func add(_ other: BodyInfo) {
        members += other.members
        resource = resource ?? other.resource
        isInOrder = isInOrder && other.isInOrder
        names.formUnion(other.names)
    }

    func knows(_ name: String) -> Bool { names.contains(name) || resource?.shows(name) ?? false }

    /// What is said of a member that is not among them.
    var strangers: String {
        if let resource { return "is not a field of \(resource.path)" }
        return "is not taken here; these are: " + members.map(\.field.name).joined(separator: ", ")
    }
}
