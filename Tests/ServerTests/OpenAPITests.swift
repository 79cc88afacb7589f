import Areas
import Basics
import Commerce
import Foundation
import Resources
import Server
import Support
import Testing

/// The OpenAPI document: whole in itself, true to the routes, and changed only on purpose.
@Suite struct OpenAPITests {
    private static let document = Contract.document

    private static let operations = document["paths"].names.flatMap { path in
        document["paths"][path].names.map { (path: path, method: $0, json: document["paths"][path][$0]) }
    }

    /// All values under a value, itself included.
    private static func values(_ json: JSON) -> [JSON] {
        switch json {
        case .object(let object): [json] + object.members.flatMap { values($0.value) }
        case .array(let elements): [json] + elements.flatMap(values)
        default: [json]
        }
    }

    @Test func `every reference leads somewhere`() {
        let references = Set(Self.values(Self.document).map { $0["$ref"].text }.filter { !$0.isEmpty })
        #expect(references.count > 10)
        for reference in references {
            #expect(reference.hasPrefix("#/"), "\(reference)")
            let target = reference.dropFirst(2).split(separator: "/").reduce(Self.document) { $0[String($1)] }
            #expect(!target.names.isEmpty, "\(reference)")
        }
    }

    @Test func `a body or an answer has a schema, or none, and never nothing in its place`() {
        for value in Self.values(Self.document) where value.names.contains("schema") {
            #expect(!value["schema"].isNull, "\(value.serialized.prefix(200))")
        }
    }

    @Test func `no object has a name twice`() {
        for value in Self.values(Self.document) {
            #expect(Set(value.names).count == value.names.count, "\(value.names)")
        }
    }

    @Test func `every operation has a name of its own, a summary and its answers`() {
        let names = Self.operations.map { $0.json["operationId"].text }
        #expect(Set(names).count == names.count)
        for operation in Self.operations {
            let label = "\(operation.method) \(operation.path)"
            #expect(!operation.json["operationId"].text.isEmpty, "\(label)")
            #expect(!operation.json["summary"].text.isEmpty, "\(label)")
            let isOpen = operation.json.names.contains("security")
            #expect(operation.json["responses"].names == ["200"] + (isOpen ? [] : ["429"]) + ["default"], "\(label)")
        }
    }

    @Test func `every route is documented and every documented operation is a route`() {
        let routes = Set(ButikServer.endpoints.map { "\($0.method.rawValue.lowercased()) \($0.template)" })
        let documented = Self.operations.map { "\($0.method) \($0.path)" }
        #expect(Set(documented) == routes)
        #expect(documented.count == ButikServer.endpoints.count)
    }

    @Test func `every parameter of a path is described, once`() {
        for operation in Self.operations {
            let named = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                $0.dropFirst().dropLast()
            }
            let parameters = operation.json["parameters"].elements
            let described = parameters.filter { $0["in"] == "path" }.map { $0["name"].text }
            #expect(described == named.map(String.init), "\(operation.path)")
            let all = parameters.map { "\($0["in"].text) \($0["name"].text)" }
            #expect(Set(all).count == all.count, "\(operation.method) \(operation.path): \(all)")
        }
    }

    @Test func `what may be filtered, sorted and expanded is said of every list`() throws {
        for info in House.documented where info.verbs.contains(.list) {
            let parameters = Self.document["paths"]["/REST/\(info.path)"]["get"]["parameters"].elements
            let names = Set(parameters.map { $0["name"].text })
            #expect(names.isSuperset(of: info.filterableFields.map(\.name)), "\(info.path)")
            #expect(names.isSuperset(of: info.filters.map(\.name)), "\(info.path)")
            let sort = try #require(parameters.first { $0["name"] == "sort" })
            for name in info.sortableNames { #expect(sort["description"].text.contains(name), "\(info.path)") }
        }
    }

    private static func body(_ method: String, _ path: String, _ type: String = "application/json") -> JSON {
        document["paths"][path][method]["requestBody"]["content"][type]["schema"]
    }

    @Test func `an order line and stock are documented with all that is read of them`() {
        let line = Self.body("post", "/REST/order")["allOf"][1]["properties"]["products"]["items"]
        let product = [
            "product_id", "own_id", "variant_id", "variant_name", "attribute_value_id", "attribute_value_id_2",
        ]
        #expect(line["properties"].names == product + ["amount", "unit_price", "attributes", "b_attributes"])
        #expect(line["required"] == ["amount"])
        let entry = Self.body("post", "/REST/stock-entry")
        #expect(entry["properties"].names == product + ["change", "reason"])
        #expect(entry["required"] == ["change", "reason"])
        let stock = Self.body("put", "/REST/stock/{product_id}")
        #expect(stock["properties"].names == product + ["count", "adjust", "reason"])
        #expect(Self.body("post", "/REST/stock")["anyOf"][0] == stock)
        let variant = Self.body("put", "/REST/product/{product_id}/variant/{attribute_value_id}")
        #expect(variant["properties"].names == ["count", "stock", "adjust", "reason", "attribute_value_id_2"])
    }

    @Test func `a batch documents the methods it takes`() {
        func methods(_ resource: String) -> JSON {
            Self.body("post", "/REST/\(resource)/batch")["items"]["properties"]["method"]["enum"]
        }
        #expect(methods("product") == ["POST", "PUT", "PATCH", "DELETE"])
        #expect(methods("order") == ["POST", "PUT", "PATCH"])
        #expect(methods("stock") == ["PUT", "PATCH"])
    }

    @Test func `where the shop's own key may stand for an id is said of paths, bodies and batches`() throws {
        for info in House.documented where info.ownKey != nil && info.verbs.isSuperset(of: [.create, .update]) {
            let put = Self.document["paths"]["/REST/\(info.path)/{\(info.key)}"]["put"]
            #expect(put["summary"].text.contains("a key that none has yet makes it"), "\(info.path)")
            let id = Self.body("post", "/REST/\(info.path)/batch")["items"]["properties"]["id"]
            #expect(id["description"].text.contains("A PUT of a key that none has yet makes it"), "\(info.path)")
        }
        var named = 0
        for info in House.documented {
            for field in info.fields where !field.isReadOnly {
                guard let target = (field.reference ?? field.referencesEach)?(), target.ownKey != nil else { continue }
                let schema = info.inputSchema["properties"][field.name]
                let id = field.referencesEach == nil ? schema["type"] : schema["items"]["type"]
                #expect(id.elements.contains("string") && id.elements.contains("integer"), "\(info.path) \(field.name)")
                #expect(schema["description"].text.contains("own_id:"), "\(info.path) \(field.name)")
                named += 1
            }
        }
        #expect(named > 3)
    }

    @Test func `a form is documented with its file and the fields beside it`() {
        let form = Self.body("post", "/REST/import", "multipart/form-data")
        #expect(form["properties"].names == ["file", "format", "dry_run", "strict"])
        #expect(form["required"] == ["file"])
        let image = Self.body("post", "/REST/product/{product_id}/image", "multipart/form-data")
        #expect(image["properties"].names.contains("description"))
    }

    @Test func `a list that is a plain array says what its page needs`() {
        for info in House.documented where info.verbs.contains(.list) {
            let parameters = Self.document["paths"]["/REST/\(info.path)"]["get"]["parameters"].elements
            for name in ["limit", "offset", "after"] {
                let about = parameters.first { $0["name"].text == name }?["description"].text ?? ""
                #expect(about.contains("only with `envelope=1`") == info.isBare, "\(info.path) \(name)")
            }
        }
    }

    @Test func `only the open routes are documented as open`() {
        for operation in Self.operations {
            let isOpen = operation.json["security"] == []
            let isClosed = ["/REST/", "/oauth/"].contains { operation.path.hasPrefix($0) }
            #expect(isOpen == !isClosed, "\(operation.path)")
        }
    }

    @Test func `the document names the address it is served at`() {
        let document = ButikServer.documented("https://shop.example")
        #expect(document["servers"] == [["url": "https://shop.example"]])
    }

    /// `deploy/openapi.json` is what reviewers read: a change of the interface is a change of that file.
    @Test func `the document is the one in deploy`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("deploy/openapi.json")
        let golden = try JSONParser.parse(Array(Data(contentsOf: file)))
        let isCurrent = golden == ButikServer.documented("http://127.0.0.1:8080")
        #expect(
            isCurrent,
            """
            The interface is no longer the one in deploy/openapi.json. If that is meant, write the file again, look at what \
            changed, and commit it:
                swift run butik openapi | python3 -m json.tool --no-ensure-ascii --indent 1 > deploy/openapi.json
            """)
    }
}
