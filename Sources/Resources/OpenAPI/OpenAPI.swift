package import Basics

/// The OpenAPI 3.1 document, made from the endpoints that serve.
package enum OpenAPI {
    /// Of the API.
    package static let version = "1.0.0"

    package static func document(_ endpoints: [Endpoint], resources: [ResourceInfo], url: String) -> JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Butik", "version": .string(version),
                "description": .string(about),
            ],
            "servers": [["url": .string(url)]],
            "security": [["token": []]],
            "paths": paths(endpoints, owned: Set(resources.filter { $0.ownKey != nil }.map(\.key))),
            "components": [
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description": "Also `Shoporama T`, bare `T`, or X-Access-Token.",
                    ],
                    "client": clientScheme,
                    "app": [
                        "type": "apiKey", "in": "header", "name": "Authorization",
                        "description": "`App T`, with the app's own token.",
                    ],
                ],
                "schemas": schemas(resources, endpoints),
                "responses": [
                    "Problem": problemResponse, "Limited": limitedResponse, "OAuthError": clientResponse,
                ],
            ],
        ]
    }

    private static let about = """
        Headless commerce: catalogue, stock, orders. Every write takes an Idempotency-Key. A list takes at most \
        \(QueryReader.parametersMax) parameters; what is more than a limit is 422 `too_many`, never cut off.

        A token makes a burst of calls at once, refilled within two seconds, and so many a day; `RateLimit-Policy` tells both and \
        `RateLimit` where it stands. A call over the burst waits for its turn, at most two seconds and beside at most three \
        others; what is beyond that is 429 with `Retry-After`. Who sends one call after the other is never refused for the burst.

        A body may be packed (`Content-Encoding: gzip`); other codings are 415. It may hold 1 MB, that of a batch or an import \
        16 MB; what is larger, or has more than a million values, is 413. `Expect: 100-continue` is met once token, address, \
        method and length are found good; any other expectation is 417. Large bodies share the server's memory: 503 with \
        `Retry-After` asks to send one again.
        """

    /// - Parameter owned: parameters in whose place the shop's own key may stand.
    private static func paths(_ endpoints: [Endpoint], owned: Set<String>) -> JSON {
        var paths = JSONObject()
        var templates: [String] = []
        for endpoint in endpoints where !templates.contains(endpoint.template) { templates.append(endpoint.template) }
        for template in templates {
            var item = JSONObject()
            for endpoint in endpoints where endpoint.template == template {
                item.append(endpoint.method.rawValue.lowercased(), operation(endpoint, owned))
            }
            paths.append(template, .object(item))
        }
        return .object(paths)
    }

    private static func operation(_ endpoint: Endpoint, _ owned: Set<String>) -> JSON {
        let documentation = endpoint.documentation
        var operation = JSONObject()
        operation.append("operationId", .string(endpoint.name))
        operation.append("summary", .string(endpoint.summary))
        operation.append("tags", [.string(documentation.tag)])
        if endpoint.access == .open { operation.append("security", []) }
        if endpoint.access == .client { operation.append("security", [["client": []], [:]]) }
        if endpoint.access == .app { operation.append("security", [["app": []]]) }
        if case .token(let level) = endpoint.access { operation.append("x-access-level", .string(level.rawValue)) }
        let parameters = pathParameters(endpoint, owned) + documentation.query.map(queryParameter) + headers(endpoint)
        if !parameters.isEmpty { operation.append("parameters", .array(parameters)) }
        if let body = documentation.body {
            // What is neither JSON nor a form has no schema.
            let types = documentation.bodyTypes.map { type in
                let schema: JSON? =
                    fieldTypes.contains(type) ? body : type == "multipart/form-data" ? form(documentation) : .none
                return JSONObject.Member(type, schema.map { ["schema": $0] } ?? [:])
            }
            operation.append(
                "requestBody",
                ["required": .bool(documentation.isBodyRequired), "content": .object(JSONObject(types))])
        }
        operation.append("responses", responses(endpoint))
        return .object(operation)
    }

    /// What has the members of a schema.
    private static let fieldTypes: Set = ["application/json", "application/x-www-form-urlencoded"]

    /// A file with the parameters beside it.
    private static func form(_ documentation: Documentation) -> JSON {
        var fields = JSONObject()
        fields.append("file", ["type": "string", "contentMediaType": "application/octet-stream"])
        for parameter in documentation.query { fields.append(parameter.name, parameter.schema) }
        return ["type": "object", "required": ["file"], "properties": .object(fields)]
    }

    private static func responses(_ endpoint: Endpoint) -> JSON {
        let documentation = endpoint.documentation
        var content = JSONObject()
        content.append(documentation.contentType, ["schema": documentation.answer ?? [:]])
        for type in documentation.otherTypes { content.append(type, ["schema": documentation.answer ?? [:]]) }
        var responses = JSONObject()
        responses.append("200", ["description": "Success", "content": .object(content)])
        if case .token = endpoint.access { responses.append("429", ["$ref": "#/components/responses/Limited"]) }
        let failed = endpoint.access == .client ? "OAuthError" : "Problem"
        responses.append("default", ["$ref": .string("#/components/responses/" + failed)])
        return .object(responses)
    }

    private static var limitedResponse: JSON {
        func header(_ about: String, _ type: JSON = "string") -> JSON {
            ["description": .string(about), "schema": ["type": type]]
        }
        return [
            "description":
                "Too many calls: over the burst (`rate_limit`), the day (`daily_limit`) or at once (`in_flight`).",
            "headers": [
                "Retry-After": header("Seconds until a call is taken again.", "integer"),
                "RateLimit-Policy": header("The limits of the token: of its burst, and of its day where that has one."),
                "RateLimit": header("Calls left, and seconds until there are more: of the burst, then of the day."),
            ],
            "content": problemContent,
        ]
    }

    private static func pathParameters(_ endpoint: Endpoint, _ owned: Set<String>) -> [JSON] {
        endpoint.path.compactMap { segment -> JSON? in
            switch segment {
            case .literal: nil
            case .parameter(let name) where owned.contains(name): ownParameter(name)
            case .parameter(let name): pathParameter(name, name.hasSuffix("_id") ? "integer" : "string")
            case .rest(let name): pathParameter(name, "string")
            }
        }
    }

    private static func pathParameter(_ name: String, _ type: JSON) -> JSON {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": type]]
    }

    private static func ownParameter(_ name: String) -> JSON {
        [
            "name": .string(name), "in": "path", "required": true, "schema": ["type": ["integer", "string"]],
            "description": "The id, or `own_id:` and the shop's own key.",
        ]
    }

    private static func queryParameter(_ parameter: Documentation.Parameter) -> JSON {
        [
            "name": .string(parameter.name), "in": "query", "schema": parameter.schema,
            "description": .string(parameter.about),
        ]
    }

    private static func headers(_ endpoint: Endpoint) -> [JSON] {
        guard endpoint.isWrite else { return [] }
        return [
            header("Idempotency-Key", "Repeats of this request within 48 hours get the first answer."),
            header("Prefer", "`dry-run` stores nothing; `handling=strict` refuses unknown members."),
            header("If-Match", "The ETag the change is based on; another state answers 412."),
        ]
    }

    private static func header(_ name: String, _ about: String) -> JSON {
        ["name": .string(name), "in": "header", "schema": ["type": "string"], "description": .string(about)]
    }

    private static func schemas(_ resources: [ResourceInfo], _ endpoints: [Endpoint]) -> JSON {
        let bodies = endpoints.compactMap(\.documentation.body)
        var schemas = JSONObject()
        for info in resources {
            schemas.append(info.schemaName, info.answerSchema)
            // An order is written by actions of its own, whose bodies are an order's fields and more.
            if bodies.contains(where: { refers($0, to: info.inputReference) }) {
                schemas.append(info.schemaName + "Input", info.inputSchema)
            }
        }
        schemas.append("Paging", pagingSchema)
        schemas.append("Problem", problemSchema)
        return .object(schemas)
    }

    /// Whether a schema names another one somewhere inside.
    private static func refers(_ schema: JSON, to reference: JSON) -> Bool {
        if schema == reference { return true }
        switch schema {
        case .object(let object): return object.members.contains { refers($0.value, to: reference) }
        case .array(let elements): return elements.contains { refers($0, to: reference) }
        default: return false
        }
    }

    private static let pagingSchema: JSON = [
        "type": "object", "required": ["offset", "limit", "count", "total"], "additionalProperties": false,
        "properties": [
            "offset": ["type": "integer"], "limit": ["type": "integer"], "count": ["type": "integer"],
            "total": ["type": "integer"], "next": ["type": "string"],
            "since": [
                "type": "string", "format": "date-time",
                "description": "With `last_modified=` and `limit=`: what to poll with next, so that nothing is missed.",
            ],
            "cursor": [
                "type": "string", "description": "With `cursor=1`: where to follow `GET event` from, as `after`.",
            ],
            "versions": [
                "type": "array", "items": ["type": "integer"],
                "description":
                    "With `cursor=1`: the version of each row, in their order; an event has it as `sequence`.",
            ],
        ],
    ]

    private static let problemSchema: JSON = [
        "type": "object", "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "code": ["type": "string"], "request_id": ["type": "string"],
            "current": ["type": "object", "description": "For 412: the object as it stands."],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["pointer", "code", "message"],
                    "properties": [
                        "pointer": ["type": "string"], "code": ["type": "string"], "message": ["type": "string"],
                    ],
                ],
            ],
        ],
    ]

    private static let problemResponse: JSON = [
        "description": "A problem (RFC 9457); 410 is the plain text `410 Gone`.", "content": problemContent,
    ]

    private static let problemContent: JSON = [
        "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]],
        "text/plain": ["schema": ["type": "string"]],
    ]
}
