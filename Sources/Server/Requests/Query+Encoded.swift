import Basics
package import Resources

extension Query {
    /// The query string as items. Keys without a value have an empty one. Nil when it cannot be decoded.
    package init?(encoded text: Substring) {
        var items: [Query.Item] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(pair[0], plusIsSpace: true),
                let value = pair.count == 2 ? PercentEncoding.decode(pair[1], plusIsSpace: true) : ""
            else { return nil }
            items.append(Query.Item(name: name, value: value))
        }
        self.init(items)
    }
}
