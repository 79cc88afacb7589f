import Basics
import Resources

/// What a format calls the members of a body, for those who look for a fault in their file.
struct FileColumns {
    let ofProducts: [String: String]
    /// Those of the rows of variants; empty where variants have no rows of their own.
    let ofVariants: [String: String]
}

extension ImportFault {
    init(_ record: ImportRecord, _ column: String, _ reason: String) {
        self.init(record.place, column: column, reason)
        ownID = record.ownID
    }

    /// What the shop has against a record, told by the file's own column.
    init(_ problem: Problem, of record: ImportRecord, _ columns: FileColumns) {
        guard let first = problem.errors.first else {
            self.init(record, "", problem.detail)
            return
        }
        self.init(first, of: record, columns, and: problem.errors.count - 1)
    }

    /// What the shop has against a member of a record, or of a part of it.
    /// - Parameter more: how many more faults the record has.
    init(_ error: Problem.FieldError, of record: ImportRecord, _ columns: FileColumns, and more: Int = 0) {
        let path = error.pointer.split(separator: "/").map(String.init)
        let field = path.first ?? ""
        let reason = (record.unclear(at: path) ?? Self.reason(error, path)) + (more > 0 ? " (and \(more) more)" : "")
        if path.count > 1, let index = Int(path[1]), let part = record.part(field, index) {
            self.init(part, index, Array(path.dropFirst(2)), of: record, field, columns, reason)
            return
        }
        let member = Self.named[field] ?? field
        let inner = path.count > 1 ? path.dropFirst().joined(separator: "/") + " " : ""
        // What only adds to a product names it as its parent, and has the profile that its options make.
        switch member {
        case "own_id" where record.mustExist: self.init(record, columns.ofProducts["parent"] ?? "parent", reason)
        case "profile" where record.mustExist:
            self.init(record, columns.ofVariants["options"] ?? member, inner + reason)
        default: self.init(record, columns.ofProducts[member] ?? member, inner + reason)
        }
    }

    /// - Parameter path: what of the part it is about.
    private init(
        _ part: JSONObject, _ index: Int, _ path: [String], of record: ImportRecord, _ list: String,
        _ columns: FileColumns, _ reason: String
    ) {
        let place = record.places[list].flatMap { $0.indices.contains(index) ? $0[index] : nil }
        let isVariant = list == "stock_settings"
        let member = path.first.map { Self.choosing.contains($0) ? "options" : $0 } ?? ""
        if isVariant, !columns.ofVariants.isEmpty {
            let column = columns.ofVariants[member] ?? columns.ofVariants["options"] ?? ""
            self.init(place ?? record.place, column: column, reason)
        } else if !isVariant, place != nil {
            // A cell may have many pictures.
            let address = part["url"]?.words.map { String($0.prefix(200)) + " " } ?? ""
            self.init(place ?? record.place, column: columns.ofProducts[list] ?? list, address + reason)
        } else {
            let inner = ([String(index)] + (member.isEmpty ? [] : [member] + path.dropFirst())).joined(separator: "/")
            self.init(place ?? record.place, column: columns.ofProducts[list] ?? list, inner + " " + reason)
        }
        ownID = (isVariant ? part["own_id"]?.words : nil) ?? record.ownID
    }

    /// What says which variant is meant.
    private static let choosing: Set<String> = [
        "attribute_id", "attribute_value_id", "attribute_id_2", "attribute_value_id_2", "variant_id",
    ]

    /// Without ids of ours, which a file knows nothing of.
    private static func reason(_ error: Problem.FieldError, _ path: [String]) -> String {
        switch (error.code, path.last) {
        case ("duplicate", "own_id"): "is already in use by another product or variant"
        case ("has_variants", _): "is of another profile than the variants of the product"
        case ("unknown_value", _) where path.last.map { choosing.contains($0) } == true:
            "names no value that variants of the profile can have"
        default: error.message
        }
    }

    /// What files have in the place of an id.
    private static let named = [
        "brand_id": "brand", "supplier_id": "supplier", "manufacturer_id": "manufacturer",
        "safety_profile_id": "safety_profile", "profile_id": "profile",
        "main_category_id": "main_category", "canonical_id": "canonical",
    ]
}

extension ImportRecord {
    /// Why what stands at a place of the body is a number that can be read in two ways, where it is one.
    fileprivate func unclear(at path: [String]) -> String? {
        var value: JSON? = .object(body)
        for name in path {
            switch value {
            case .object(let object): value = object[name]
            case .array(let elements): value = Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            default: return nil
            }
        }
        return value?.words.flatMap(FileNumbers.fault)
    }

    /// An element of a list of parts, as the file has it.
    fileprivate func part(_ list: String, _ index: Int) -> JSONObject? {
        guard ["stock_settings", "images"].contains(list), body.list(list).indices.contains(index) else { return nil }
        if case .object(let object) = body.list(list)[index] { return object }
        return JSONObject()
    }
}
