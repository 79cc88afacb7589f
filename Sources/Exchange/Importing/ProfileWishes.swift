import Basics
import Persistence
import Resources

extension Definition {
    /// The definition of a profile with the attributes and values that a product of it names: what a file names and the
    /// shop has not is made. A profile that is named and no more gets what the variants differ in too.
    func completed(by body: JSONObject, _ known: ProfileBook.Known?) -> Definition {
        let choices = self.body.members.count == 1 ? Self.choices(of: body, known) : []
        let wishes = choices + Self.said(body)
        guard !wishes.isEmpty else { return self }
        let attributes = self.body.list("attributes") + wishes
        let completed = self.body.without(["attributes"]).members + [.init("attributes", .array(attributes))]
        return Definition(.object(JSONObject(completed))) ?? self
    }

    /// What the first variant with options differs in, with the values of all.
    private static func choices(of body: JSONObject, _ known: ProfileBook.Known?) -> [JSON] {
        let options = body.list("stock_settings").compactMap { row -> JSONObject? in
            guard case .object(let object) = row, case .object(let options) = object["options"] else { return nil }
            return options
        }
        let names = options.first?.members.map(\.name) ?? []
        return names.filter { known?.attributes[$0] != nil || known?.hasChoices != true }.map { name in
            wish(name, "valuelist", isVariant: true, options.compactMap { $0[name]?.words })
        }
    }

    /// The attributes that the product says something of, each of the kind of its first value.
    private static func said(_ body: JSONObject) -> [JSON] {
        var names: [String] = []
        var rows: ByText<[JSONObject]> = [:]
        for case .object(let row) in body.list("attributes") {
            guard let name = row["name"]?.words else { continue }
            if rows[name] == nil { names.append(name) }
            rows[name, default: []].append(row)
        }
        return names.map { name in
            let said = rows[name] ?? []
            return wish(
                name, said.first.map(type) ?? "text", isVariant: false, said.compactMap { $0["val"]?.words })
        }
    }

    private static func type(of row: JSONObject) -> String {
        if row["val"] != nil { return "valuelist" }
        switch row["value"] {
        case .number: return "number"
        case .bool: return "boolean"
        default: return "text"
        }
    }

    private static func wish(_ name: String, _ type: String, isVariant: Bool, _ values: [String]) -> JSON {
        var seen: Set<ExactText> = []
        let new = values.filter { seen.insert(ExactText($0)).inserted }
        return [
            "name": .string(name), "data_type": .string(type), "is_variant": isVariant ? 1 : 0,
            "values": .array(new.map { ["val": .string($0)] }),
        ]
    }
}
