import Basics
package import Resources

/// Search over HTTP, for clients of the API.
package enum SearchEndpoints {
    package static let all: [Endpoint] = [search, suggest]

    private static let search = Endpoint(
        .get, "/REST/product/search", .token(.read), "search_products",
        "Finds products by words and choices, and counts what there is to choose from.",
        SearchDocumentation.search,
        .read { call, storage in
            let isStrict = call.preferences.isStrict
            let query = SearchQuery(call.query, for: call.tenant, isStrict: isStrict)
            let selection = RowSelection(Product.info, call.query, for: call.tenant, isStrict: isStrict)
            let errors = query.errors + selection.errors
            if !errors.isEmpty { throw Problem.invalid(errors) }
            let result = try await ProductSearch.run(query.request, for: call.tenant, from: storage, at: call.now)
            let products = try await selection.array(of: result.ids, from: storage)
            return Answer(body: json(result, products, query.request, call.tenant))
        })

    private static func json(
        _ result: ProductSearch.Result, _ products: [UInt8], _ request: SearchRequest, _ tenant: Tenant
    ) -> [UInt8] {
        var paging: JSONObject = JSONObject([
            .init("offset", .number(JSONNumber(Int64(request.offset)))),
            .init("limit", .number(JSONNumber(Int64(request.limit)))),
            .init("count", .number(JSONNumber(Int64(result.ids.count)))),
            .init("total", .number(JSONNumber(Int64(result.total)))),
        ])
        if let next = result.next { paging.append("next", .string(next.text)) }
        var writer = JSONWriter(capacity: products.count + 4096)
        writer.raw(#"{"paging":"# as StaticString)
        writer.value(.object(paging))
        writer.raw(#","corrected_query":"# as StaticString)
        writer.value(result.corrected.map { .string($0) } ?? .null)
        writer.raw(#","facets":"# as StaticString)
        writer.value(result.facets.json(for: tenant))
        writer.raw(#","products":"# as StaticString)
        writer.raw(products)
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }

    private static let suggest = Endpoint(
        .get, "/REST/product/suggest", .token(.read), "suggest_products",
        "What a shopper may mean who is still typing: words, products, brands and categories that are visible.",
        SearchDocumentation.suggest,
        .read { call, storage in
            try call.refuseUnknownParameters()
            let text = call.query["q"] ?? ""
            var limit = Int64(5)
            if let given = call.query["limit"], !given.isEmpty {
                guard let number = WholeNumber(strict: given)?.int64, (1...20).contains(number) else {
                    throw Problem.invalid("?limit", "range", "must be a whole number from 1 to 20")
                }
                limit = number
            }
            let found = try await Suggestions.run(
                text, limit: Int(limit), for: call.tenant, from: storage, at: call.now)
            let fields = Query([.init(name: "fields", value: Suggestions.productFields)])
            let selection = RowSelection(Product.info, fields, for: call.tenant, isStrict: false)
            let products = try await selection.array(of: found.products, from: storage)
            var writer = JSONWriter(capacity: products.count + 2048)
            writer.raw(#"{"corrected_query":"# as StaticString)
            writer.value(found.corrected.map { .string($0) } ?? .null)
            writer.raw(#","queries":"# as StaticString)
            writer.value(.array(found.queries.map { .string($0) }))
            writer.raw(#","products":"# as StaticString)
            writer.raw(products)
            writer.raw(#","brands":"# as StaticString)
            writer.value(.array(found.brands.map { $0.json("brand_id", for: call.tenant) }))
            writer.raw(#","categories":"# as StaticString)
            writer.value(.array(found.categories.map { $0.json("category_id", for: call.tenant) }))
            writer.byte(UInt8(ascii: "}"))
            return Answer(body: writer.bytes)
        })
}

extension Facets {
    /// The facets that were asked for, in the order of `SearchRequest.Facet`.
    func json(for tenant: Tenant) -> JSON {
        var object = JSONObject()
        if let brands { object.append("brand", .array(brands.map { $0.json() })) }
        if let categories {
            object.append(
                "category",
                .array(categories.map { $0.json { $0.append("parent_id", .number(JSONNumber($1.parentID ?? 0))) } }))
        }
        if let attributes { object.append("attribute", .array(attributes.map(\.json))) }
        if let labels { object.append("label", .array(labels.map { $0.json() })) }
        if let prices { object.append("price", prices.json(for: tenant)) }
        if let stock {
            object.append(
                "in_stock",
                .array(
                    stock.map { isInStock, count in
                        ["value": isInStock ? 1 : 0, "count": .number(JSONNumber(Int64(count)))]
                    }))
        }
        return .object(object)
    }
}

extension Facets.Choice {
    fileprivate func json(also: (inout JSONObject, Self) -> Void = { _, _ in }) -> JSON {
        var object = JSONObject()
        // Ids are numbers, like everywhere, and so is what has no list to have ids in.
        object.append("value", .number(JSONNumber(text: value)))
        object.append("name", .string(name))
        object.append("count", .number(JSONNumber(Int64(count))))
        object.append("selected", isChosen ? 1 : 0)
        also(&object, self)
        return .object(object)
    }
}

extension Facets.Attribute {
    fileprivate var json: JSON {
        let values = choices.map { choice in
            choice.json { $0.append("color", $1.color.map { .string($0) } ?? .null) }
        }
        return [
            "attribute_id": .number(JSONNumber(id)), "name": .string(name), "data_type": .string(dataType),
            "values": .array(values),
        ]
    }
}

extension PriceFacet {
    fileprivate func json(for tenant: Tenant) -> JSON {
        func amount(_ minor: Int64?) -> JSON {
            guard let minor else { return .null }
            var writer = JSONWriter(capacity: 24)
            writer.decimal(minor, places: tenant.currency.digits)
            return .number(JSONNumber(text: writer.text))
        }
        let rows = buckets.map { bucket -> JSON in
            [
                "from": amount(bucket.from), "to": amount(bucket.to), "count": .number(JSONNumber(Int64(bucket.count))),
            ]
        }
        return ["min": amount(least), "max": amount(most), "buckets": .array(rows)]
    }
}
