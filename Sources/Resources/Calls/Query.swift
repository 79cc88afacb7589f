/// The query string, decoded, in order.
package struct Query: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let items: [Item]

    package init(_ items: [Item] = []) {
        self.items = items
    }

    package subscript(name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    package func isOn(_ name: String) -> Bool {
        self[name] == "1" || self[name] == "true"
    }
}
