/// The members of an object in the order they came.
package struct JSONObject: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member]

    package init(_ members: [Member] = []) {
        self.members = members
    }

    package subscript(name: String) -> JSON? {
        members.first { $0.name == name }?.value
    }

    package mutating func append(_ name: String, _ value: JSON) {
        members.append(Member(name, value))
    }

    /// The same object without some members.
    package func without(_ names: Set<String>) -> JSONObject {
        JSONObject(members.filter { !names.contains($0.name) })
    }

    /// The same object with a member set, in its old place where it had one.
    package func setting(_ name: String, _ value: JSON) -> JSONObject {
        guard self[name] != nil else { return JSONObject(members + [Member(name, value)]) }
        return JSONObject(members.map { $0.name == name ? Member(name, value) : $0 })
    }
}
