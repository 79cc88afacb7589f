package import Persistence

/// The rows of a page with the rows that are part of them.
package struct Page: Sendable {
    package let rows: Rows
    /// One answer per embed of the plan, ordered by parent.
    package let children: [Rows]
    /// Where each parent's children begin. A child's last column is its parent.
    let firstChildren: [[Int64: Int]]
    /// Objects inlined by `expand=`, by member name and id.
    package var expansions: [(name: String, column: Int, objects: [Int64: [UInt8]])] = []

    package init(rows: Rows, children: [Rows] = []) {
        self.rows = rows
        self.children = children
        firstChildren = children.map { rows in
            var firsts: [Int64: Int] = [:]
            for (index, row) in rows.enumerated() {
                guard let parent = row.integer(rows.width - 1), firsts[parent] == nil else { continue }
                firsts[parent] = index
            }
            return firsts
        }
    }
}

extension JSONWriter {
    /// Writes one row of a page as an object, straight from the engine's bytes.
    /// - Parameter hidesKey: shows the id, the first member, as null because the row will not stay.
    package mutating func object(
        _ index: Int, of page: Page, by plan: Plan, for tenant: Tenant, hidesKey: Bool = false
    ) {
        openObject(index, of: page, by: plan, for: tenant, hidesKey: hidesKey)
        byte(UInt8(ascii: "}"))
    }

    /// The same without the closing brace, for a caller that adds members of its own.
    package mutating func openObject(
        _ index: Int, of page: Page, by plan: Plan, for tenant: Tenant, hidesKey: Bool = false
    ) {
        let rows = page.rows
        let base = index * rows.width
        rows.cells.withUnsafeBufferPointer { cells in
            rows.bytes.withUnsafeBytes { text in
                plan.literals.withUnsafeBytes { literals in
                    plan.steps.withUnsafeBufferPointer { steps in
                        for place in steps.indices {
                            raw(UnsafeRawBufferPointer(rebasing: literals[steps[place].literal]))
                            if place == 0, hidesKey {
                                null()
                            } else {
                                cell(cells[base + steps[place].column], text, steps[place].kind, tenant)
                            }
                        }
                    }
                    raw(UnsafeRawBufferPointer(rebasing: literals[plan.tail]))
                }
            }
        }
        var isFirst = plan.items.isEmpty
        let key = rows[index].integer(plan.keyColumn) ?? 0
        for (place, embed) in plan.embeds.enumerated() where page.children.indices.contains(place) {
            if isFirst { isFirst = false } else { byte(UInt8(ascii: ",")) }
            name(embed.name)
            children(page.children[place], from: page.firstChildren[place][key], of: key, by: embed, for: tenant)
        }
        for expansion in page.expansions {
            if isFirst { isFirst = false } else { byte(UInt8(ascii: ",")) }
            name(expansion.name)
            let id = rows[index].integer(expansion.column)
            if let id, let object = expansion.objects[id] { raw(object) } else { null() }
        }
    }

    /// Writes every row of a page as an array.
    package mutating func array(_ page: Page, by plan: Plan, for tenant: Tenant) {
        byte(UInt8(ascii: "["))
        for index in page.rows.indices {
            if index > 0 { byte(UInt8(ascii: ",")) }
            object(index, of: page, by: plan, for: tenant)
        }
        byte(UInt8(ascii: "]"))
    }

    /// The children of one parent. They are ordered by parent, so they stand together; the parent's id is in front.
    private mutating func children(
        _ rows: Rows, from first: Int?, of parent: Int64, by embed: Embed, for tenant: Tenant
    ) {
        byte(UInt8(ascii: "["))
        let page = Page(rows: rows)
        var isFirst = true
        var index = first ?? rows.endIndex
        while index < rows.endIndex, rows[index].integer(embed.info.plan.width) == parent {
            if isFirst { isFirst = false } else { byte(UInt8(ascii: ",")) }
            object(index, of: page, by: embed.info.plan, for: tenant)
            index += 1
        }
        byte(UInt8(ascii: "]"))
    }

    private mutating func cell(
        _ cell: Rows.Cell, _ text: UnsafeRawBufferPointer, _ kind: FieldKind, _ tenant: Tenant
    ) {
        if cell.isNull { return null() }
        if cell.isText {
            let start = Int(cell.payload)
            let bytes = UnsafeRawBufferPointer(rebasing: text[start..<start + cell.length])
            return self.text(bytes, kind, tenant)
        }
        number(cell.payload, kind, tenant)
    }

    private mutating func text(_ bytes: UnsafeRawBufferPointer, _ kind: FieldKind, _ tenant: Tenant) {
        switch kind {
        case .json: raw(bytes)
        case .link:
            byte(UInt8(ascii: "\""))
            var base = tenant.url
            base.withUTF8 { escaped(UnsafeRawBufferPointer($0)) }
            escaped(bytes)
            byte(UInt8(ascii: "\""))
        default: string(bytes)
        }
    }

    private mutating func number(_ value: Int64, _ kind: FieldKind, _ tenant: Tenant) {
        switch kind {
        case .amount: decimal(value, places: tenant.currency.digits)
        case .decimal(let places): decimal(value, places: places)
        case .instant: timestamp(value, zone: tenant.zone)
        case .integerAsText, .flagAsText:
            byte(UInt8(ascii: "\""))
            integer(value)
            byte(UInt8(ascii: "\""))
        default: integer(value)
        }
    }
}
