import Basics

/// A name, or an object that says more of what it names.
struct Definition {
    let name: String
    let body: JSONObject

    init?(_ json: JSON?) {
        switch json {
        case .object(let object):
            guard let name = object["name"]?.words, !name.isEmpty else { return nil }
            (self.name, body) = (name, object)
        case let json?:
            guard let name = json.words, !name.isEmpty else { return nil }
            (self.name, body) = (name, JSONObject([.init("name", .string(name))]))
        case nil: return nil
        }
    }
}
