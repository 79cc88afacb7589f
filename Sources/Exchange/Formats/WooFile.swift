import Resources

/// What is learned of a file before it is read, because a row may need what stands behind it.
struct WooFile {
    /// The numbers of products, by the `id:123` that other rows may call them.
    private var numbers: [String: String] = [:]
    /// By which attributes the variations of each product differ: its own row does not say.
    private var choices: [String: [String]] = [:]
    /// Variations that stand away from their product, by its number.
    private(set) var strays: [String: [CSVRow]] = [:]

    init(_ table: CSVTable, _ written: FileNumbers) throws {
        var table = table
        var products: Set<String> = []
        // How the product whose rows these are may be called.
        var current: Set<String> = []
        // Rows that cannot be read are reported when they come.
        while let item = try table.next() {
            guard case .success(let row) = item, case let cell = WooCell(row, written) else { continue }
            if cell.isVariation {
                for attribute in cell.attributes where choices[cell.parent]?.contains(attribute.name) != true {
                    choices[cell.parent, default: []].append(attribute.name)
                }
                guard !current.contains(cell.parent) else { continue }
                strays[cell.parent, default: []].append(row)
                current = []
            } else {
                current = [cell.ownID, cell.id]
                if !cell.id.isEmpty, cell.ownID != cell.id { numbers[cell.id] = cell.ownID }
                if cell.isVariable { products.insert(cell.ownID) }
            }
        }
        var named: [String: [String]] = [:]
        for (parent, names) in choices.sorted(by: { $0.key < $1.key }) {
            let known = named[number(parent), default: []]
            named[number(parent)] = known + names.filter { !known.contains($0) }
        }
        choices = named
        var rows: [String: [CSVRow]] = [:]
        for (parent, some) in strays where products.contains(number(parent)) {
            rows[number(parent), default: []] += some
        }
        strays = rows.mapValues { $0.sorted { $0.place.record < $1.place.record } }
    }

    /// The number of a product that is called by it, or by `id:123`.
    func number(_ name: String) -> String { numbers[name] ?? name }

    /// The attributes by which the variations of a product differ.
    func choices(of product: String) -> [String] { choices[product] ?? [] }
}
