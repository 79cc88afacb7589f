package import Basics
package import Persistence

/// The rows of a page with the rows that are part of them.
package struct RowPage: Sendable {
    package let rows: Rows
    /// The rows of each embed of the plan, ordered by parent, with what is part of them in turn.
    package let children: [RowPage]
    /// Where each parent's children begin. A child's last column is its parent.
    let firstChildren: [[Int64: Int]]
    /// Objects inlined by `expand=`, by member name and id.
    package var expansions: [(name: String, column: Int, objects: [Int64: [UInt8]])] = []

    package init(rows: Rows, children: [RowPage] = []) {
        self.rows = rows
        self.children = children
        firstChildren = children.map { child in
            let rows = child.rows
            var firsts: [Int64: Int] = [:]
            for index in rows.indices {
                guard let parent = rows.integer(index, at: rows.width - 1), firsts[parent] == nil else { continue }
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
        _ index: Int, of page: RowPage, by plan: Plan, for tenant: Tenant, hidesKey: Bool = false
    ) {
        openObject(index, of: page, by: plan, for: tenant, hidesKey: hidesKey)
        byte(UInt8(ascii: "}"))
    }

    /// The same without the closing brace, for a caller that adds members of its own.
    package mutating func openObject(
        _ index: Int, of page: RowPage, by plan: Plan, for tenant: Tenant, hidesKey: Bool = false
    ) {
        let rows = page.rows
        let base = index * rows.width
        rows.cells.withUnsafeBufferPointer { cells in
            rows.bytes.withUnsafeBytes { text in
                plan.literals.withUnsafeBytes { literals in
                    plan.steps.withUnsafeBufferPointer { steps in
                        for place in steps.indices {
                            raw(UnsafeRawBufferPointer(rebasing: literals[steps[place].literal]))
                            switch steps[place].value {
                            case .cell where place == 0 && hidesKey: null()
                            case .cell(let column, let kind): cell(cells[base + column], text, kind, tenant)
                            case .embed(let embed):
                                children(embed, of: cells[base + plan.keyColumn].payload, on: page, plan, tenant)
                            }
                        }
                    }
                    raw(UnsafeRawBufferPointer(rebasing: literals[plan.tail]))
                }
            }
        }
        var isFirst = plan.items.isEmpty
        for expansion in page.expansions {
            if isFirst { isFirst = false } else { byte(UInt8(ascii: ",")) }
            name(expansion.name)
            let id = rows.integer(index, at: expansion.column)
            if let id, let object = expansion.objects[id] { raw(object) } else { null() }
        }
    }

    /// Writes every row of a page as an array.
    package mutating func array(_ page: RowPage, by plan: Plan, for tenant: Tenant) {
        byte(UInt8(ascii: "["))
        for index in page.rows.indices {
            if index > 0 { byte(UInt8(ascii: ",")) }
            object(index, of: page, by: plan, for: tenant)
        }
        byte(UInt8(ascii: "]"))
    }

    /// The children of one parent. They are ordered by parent, so they stand together; the parent's id is behind.
    private mutating func children(
        _ embed: Int, of parent: Int64, on page: RowPage, _ plan: Plan, _ tenant: Tenant
    ) {
        byte(UInt8(ascii: "["))
        if page.children.indices.contains(embed), let first = page.firstChildren[embed][parent] {
            let showsValues = plan.embeds[embed].showsValues
            let plan = plan.embeds[embed].plan
            let children = page.children[embed]
            var index = first
            while index < children.rows.endIndex, children.rows.integer(index, at: plan.width) == parent {
                if index > first { byte(UInt8(ascii: ",")) }
                if showsValues {
                    value(index, of: children, by: plan, for: tenant)
                } else {
                    object(index, of: children, by: plan, for: tenant)
                }
                index += 1
            }
        }
        byte(UInt8(ascii: "]"))
    }

    /// Writes the first value of a row by itself.
    private mutating func value(_ index: Int, of page: RowPage, by plan: Plan, for tenant: Tenant) {
        guard case .cell(let column, let kind) = plan.steps.first?.value else { return null() }
        page.rows.bytes.withUnsafeBytes { text in
            cell(page.rows.cells[index * page.rows.width + column], text, kind, tenant)
        }
    }

    private mutating func cell(
        _ cell: Cell, _ text: UnsafeRawBufferPointer, _ kind: FieldKind, _ tenant: Tenant
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
            link(bytes)
            byte(UInt8(ascii: "\""))
        case .timed(let values):
            guard let value = TimelineText.value(in: bytes, at: tenant.now) else { return null() }
            number(value, values == .amount ? .amount : .instant, tenant)
        default: string(bytes)
        }
    }

    /// A path as an address has it: everything escaped that is no part of one (RFC 3986), such as letters beyond ASCII.
    private mutating func link(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.allSatisfy(Self.isOfAddress) else { return escaped(bytes) }
        raw(Array(PercentEncoding.text(bytes, keeping: Self.isOfAddress).utf8))
    }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...0x7D: false
        default: byte > 0x20 && byte < 0x7F
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
