import Basics

/// A place in a result. It names a value and an id, so that it stays where it is while products come and go.
package struct SearchCursor: Sendable, Equatable {
    let signature: String
    let key: SearchKey
    let id: Int64

    init(signature: String, key: SearchKey, id: Int64) {
        (self.signature, self.key, self.id) = (signature, key, id)
    }

    /// Reads a cursor; nil for anything that is not one of this request's order.
    package init?(_ text: String, for request: SearchRequest) {
        guard let bytes = Base64URL.decode(text), let json = try? JSONParser.parse(bytes),
            case .array(let parts) = json, parts.count == 3, parts[0] == .string(request.signature),
            case .number(let number) = parts[2], let id = number.integer?.int64
        else { return nil }
        switch (parts[1], request.order == .name) {
        case (.string(let name), true): key = SearchKey(name: Array(name.utf8))
        case (.number(let number), false):
            guard let value = Int64(number.text) else { return nil }
            key = SearchKey(number: value)
        default: return nil
        }
        (signature, self.id) = (request.signature, id)
    }

    package var text: String {
        let value: JSON =
            signature.hasSuffix(SearchRequest.Order.name.rawValue)
            ? .string(String(decoding: key.name, as: UTF8.self)) : .number(JSONNumber(key.number))
        return Base64URL.encode(JSON.array([.string(signature), value, .number(JSONNumber(id))]).bytes)
    }
}
