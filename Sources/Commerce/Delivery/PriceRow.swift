import Basics
import Resources

/// One row of a shipping method's prices: the bounds that must hold, both included, and the price if they do.
struct PriceRow {
    let country: Int64?
    let weight: ClosedRange<Int64>
    let goods: ClosedRange<Int64>
    let price: Amount

    func fits(country: Int64, goods: Int64, weight: Int64) -> Bool {
        (self.country ?? country) == country && self.weight.contains(weight) && self.goods.contains(goods)
    }

    static func rows(of text: JSONText, for tenant: Tenant) throws -> [PriceRow] {
        guard case .array(let elements) = try text.json else { return [] }
        return try elements.enumerated().map { index, element in
            try PriceRow(element, at: "/prices/\(index)", for: tenant)
        }
    }

    private init(_ json: JSON, at pointer: String, for tenant: Tenant) throws {
        guard case .object(let object) = json else { throw Problem.invalid(pointer, "type", "must be an object") }
        func read(_ name: String, _ kind: FieldKind) throws -> Int64? {
            let field = FieldInfo(name: name, kind: kind, isNullable: true)
            do throws(FieldFault) {
                let column = try field.column(of: object[name] ?? .null, tenant: tenant)
                try field.check(column, for: tenant)
                if case .integer(let value) = column { return value }
                return nil
            } catch {
                throw Problem.invalid("\(pointer)/\(name)", error.code, error.message)
            }
        }
        func range(_ from: String, _ to: String, _ kind: FieldKind) throws -> ClosedRange<Int64> {
            let low = try read(from, kind) ?? 0
            let high = try read(to, kind) ?? Int64.max
            guard low <= high else { throw Problem.invalid("\(pointer)/\(to)", "range", "must not be below \(from)") }
            return low...high
        }
        country = try read("country_id", .integer)
        weight = try range("weight_from", "weight_to", .decimal(places: 3))
        goods = try range("from", "to", .amount)
        guard let price = try read("price", .amount) else {
            throw Problem.invalid("\(pointer)/price", "required", "is required")
        }
        self.price = Amount(price)
    }
}
