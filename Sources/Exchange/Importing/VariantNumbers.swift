import Basics
import Commerce
import Persistence
import Resources

/// Variants that a file names by their own numbers alone, as lists of prices and stock do.
enum VariantNumbers {
    /// The records with the ids of the variants that they name by number, in the order in which they are written: a product
    /// stands once in each part, so rows of one product become one record, and follow a record of the product itself.
    static func resolved(_ records: [ImportRecord], in tx: Transaction) throws -> [[ImportRecord]] {
        let open = records.flatMap { $0.body.list("stock_settings").compactMap(number) }
        guard !open.isEmpty || records.contains(where: \.mayBeVariant) else { return [records] }
        let units = try SKUs.units(Set(exact: open + records.map(\.ownID)).texts, in: tx)
        var whole: [ImportRecord] = []
        var variants: [(product: Int64, record: ImportRecord)] = []
        for var record in records {
            if record.mayBeVariant, let unit = units[record.ownID], let variant = unit.variantID {
                let row = record.ofVariant(variant, of: unit.productID)
                if let place = variants.firstIndex(where: { $0.product == unit.productID }) {
                    variants[place].record.add(row)
                } else {
                    variants.append((unit.productID, row))
                }
            } else {
                record.body = record.body.changing("stock_settings") { known($0, units) }
                whole.append(record)
            }
        }
        let products = Set(whole.compactMap { units[$0.ownID]?.productID })
        let first = whole + variants.filter { !products.contains($0.product) }.map(\.record)
        return [first, variants.filter { products.contains($0.product) }.map(\.record)].filter { !$0.isEmpty }
    }

    /// The number of a row that names its variant by nothing else.
    private static func number(_ row: JSON) -> String? {
        guard case .object(let object) = row, object["options"] == nil, object["variant_id"] == nil,
            let number = object["own_id"]?.words, !number.isEmpty
        else { return nil }
        return number
    }

    /// A number that no variant has stays as it is, for the naming of options to refuse.
    private static func known(_ row: JSON, _ units: ByText<StockUnit>) -> JSON {
        guard let number = number(row), let variant = units[number]?.variantID, case .object(let object) = row else {
            return row
        }
        return .object(JSONObject([.init("variant_id", .number(JSONNumber(variant)))] + object.members))
    }
}

extension ImportRecord {
    /// A row that was read as a product's, as the variant's it is about: only what a variant has of its own is taken.
    fileprivate func ofVariant(_ variant: Int64, of product: Int64) -> ImportRecord {
        var setting = JSONObject([.init("variant_id", .number(JSONNumber(variant)))])
        for (member, column) in ButikCSV.variantColumns {
            guard let value = body[column] else { continue }
            setting.append(member, value == .string("") ? .null : value)
        }
        var record = ImportRecord(place, JSONObject([.init("stock_settings", [.object(setting)])]))
        record.places["stock_settings"] = [place]
        record.mustExist = true
        record.productID = product
        record.faults = faults
        return record
    }

    /// Adds the variants of another record of the same product.
    fileprivate mutating func add(_ other: ImportRecord) {
        let rows = body.list("stock_settings") + other.body.list("stock_settings")
        body = JSONObject([.init("stock_settings", .array(rows))])
        places["stock_settings", default: []] += other.places["stock_settings"] ?? []
        faults += other.faults
        stands += other.stands
    }
}

extension JSONObject {
    /// The object with each element of a list changed; as it is where there is no such list.
    func changing(_ name: String, _ change: (JSON) throws -> JSON) rethrows -> JSONObject {
        JSONObject(
            try members.map { member in
                guard member.name == name, case .array(let elements) = member.value else { return member }
                return .init(name, .array(try elements.map(change)))
            })
    }
}
