import Basics

/// What the variants of a foreign product differ in. We choose by two things at most, so what is beyond the second is folded
/// into it: Size, Colour and Fabric become Size and "Colour / Fabric", with values such as "Red / Wool".
struct VariantOptions {
    let names: [String]
    /// The values of each variant, one for each name.
    private let rows: [[String]]

    /// - Parameter rows: the values of each variant, in the order of the names.
    init(_ names: [String], of rows: [[String]]) {
        let used = names.indices.filter { !names[$0].isEmpty }
        let folded = used.count > 2
        self.names =
            folded
            ? [names[used[0]], used.dropFirst().map { names[$0] }.joined(separator: " / ")] : used.map { names[$0] }
        self.rows = rows.map { row in
            let values = used.map { row.indices.contains($0) ? row[$0] : "" }
            guard folded else { return values }
            let rest = values.dropFirst()
            return [values[0], rest.contains("") ? "" : rest.joined(separator: " / ")]
        }
    }

    private init(names: [String], rows: [[String]]) {
        self.names = names
        self.rows = rows
    }

    /// Why a variant is none.
    enum Flaw {
        /// Leaves open what the others say.
        case gap
        /// Is an earlier one.
        case twice
    }

    /// The variants that are none.
    var flaws: [Int: Flaw] {
        var seen: Set<[String]> = []
        return rows.enumerated().reduce(into: [:]) { flaws, row in
            if row.element.contains("") {
                flaws[row.offset] = .gap
            } else if !seen.insert(row.element).inserted {
                flaws[row.offset] = .twice
            }
        }
    }

    /// The same of some of the variants.
    func of(_ variants: [Int]) -> VariantOptions { VariantOptions(names: names, rows: variants.map { rows[$0] }) }

    /// `42 / Red`, as the wire calls a variant.
    func name(of variant: Int) -> String { rows[variant].joined(separator: " / ") }

    /// What variants that share a picture are called together: the value they have in common, such as `Red`. A picture is
    /// tied to one name, so where they have none in common it is the first's.
    func name(of variants: [Int]) -> String {
        guard let first = variants.first else { return "" }
        if variants.count == 1 { return name(of: first) }
        return rows[first].indices.first { place in
            variants.allSatisfy { rows[$0][place] == rows[first][place] }
        }.map { rows[first][$0] } ?? name(of: first)
    }

    /// `{"Size":"42","Colour":"Red"}`
    func values(of variant: Int) -> JSON {
        .object(JSONObject(zip(names, rows[variant]).map { .init($0, .string($1)) }))
    }

    /// The profile of products that differ in the same things, called after them.
    var profile: JSON {
        Self.profile(
            names.joined(separator: " / "),
            choices: zip(names, names.indices).map { name, place in
                (name, rows.map { $0[place] })
            })
    }

    /// A profile's definition. Values stand in the order in which they first come.
    static func profile(_ name: String, choices: [(name: String, values: [String])]) -> JSON {
        let attributes = choices.map { choice -> JSON in
            var seen: Set<ExactText> = []
            let values = choice.values.filter { seen.insert(ExactText($0)).inserted }
            return [
                "name": .string(choice.name), "data_type": "valuelist", "is_variant": 1,
                "values": .array(values.map { ["val": .string($0)] }),
            ]
        }
        return ["name": .string(name), "attributes": .array(attributes)]
    }
}
