import Basics
package import Persistence

extension Plan {
    /// The statements that read what belongs to a page's rows, for each embed one and one for each of its own embeds; none
    /// where no row on the page has any.
    private func childStatements(of rows: Rows, shop: Int64) -> [[SQL]] {
        embeds.map { embed in
            let parents = parents(of: embed, among: rows)
            guard !parents.isEmpty else { return [] }
            let children = embed.children(of: parents, shop: shop)
            return [embed.select(children)]
                + embed.plan.embeds.map { $0.select($0.children(below: embed, children, shop: shop)) }
        }
    }

    /// The ids of the rows that may have rows of an embed.
    private func parents(of embed: Embed, among rows: Rows) -> [Int64] {
        rows.indices.compactMap { index in
            if let bits = embed.parts, let partsColumn, let parts = rows.integer(index, at: partsColumn),
                parts & bits == 0
            {
                return nil
            }
            return rows.integer(index, at: keyColumn)
        }
    }

    /// The page of those rows, read by whoever can ask.
    func page(_ rows: Rows, shop: Int64, ask: ([SQL]) throws -> [Rows]) rethrows -> RowPage {
        guard !embeds.isEmpty else { return RowPage(rows: rows) }
        let statements = childStatements(of: rows, shop: shop)
        let wanted = statements.flatMap { $0 }
        return page(rows, statements, wanted.isEmpty ? [] : try ask(wanted))
    }

    package func page(_ rows: Rows, shop: Int64, from storage: any Storage) async throws -> RowPage {
        guard !embeds.isEmpty else { return RowPage(rows: rows) }
        let statements = childStatements(of: rows, shop: shop)
        let wanted = statements.flatMap { $0 }
        return page(rows, statements, wanted.isEmpty ? [] : try await storage.fetch(wanted))
    }

    private func page(_ rows: Rows, _ statements: [[SQL]], _ answers: [Rows]) -> RowPage {
        var rest = answers[...]
        let children = zip(embeds, statements).map { embed, statements -> RowPage in
            guard !statements.isEmpty, let rows = rest.popFirst() else {
                return RowPage(rows: Rows(width: embed.plan.width + 1))
            }
            return RowPage(
                rows: rows, children: embed.plan.embeds.compactMap { _ in rest.popFirst() }.map { RowPage(rows: $0) })
        }
        return RowPage(rows: rows, children: children)
    }
}

extension Embed {
    /// Which rows are children of some parents.
    fileprivate func children(of parents: [Int64], shop: Int64) -> SQL {
        "webshop_id = \(shop) AND \(raw: parentKey) IN (\(SQL.paddedList(parents)))\(raw: condition)"
    }

    /// Which rows are children of another embed's rows.
    fileprivate func children(below outer: Embed, _ rows: SQL, shop: Int64) -> SQL {
        """
        webshop_id = \(shop) AND \(raw: parentKey) IN (SELECT \(raw: outer.key) FROM \(raw: outer.table) WHERE \(rows))\(raw: condition)
        """
    }

    /// Children, ordered so that a parent's stand together.
    fileprivate func select(_ children: SQL) -> SQL {
        """
        SELECT \(raw: plan.select), \(raw: parentKey) FROM \(raw: source) WHERE \(children)
        ORDER BY \(raw: parentKey), \(raw: order)
        """
    }
}
