package import Basics

/// What the OpenAPI document says of an endpoint beyond its path.
package struct Documentation: Sendable {
    package struct Parameter: Sendable {
        package let name: String
        package let schema: JSON
        package let about: String

        package init(_ name: String, _ schema: JSON, _ about: String) {
            self.name = name
            self.schema = schema
            self.about = about
        }
    }

    package var tag = "server"
    package var query: [Parameter] = []
    package var body: JSON?
    package var answer: JSON?
    package var contentType = "application/json"
    /// Other types that the answer may have.
    package var otherTypes: [String] = []
    package var bodyTypes = ["application/json"]
    package var isBodyRequired = true

    package init(
        tag: String = "server", query: [Parameter] = [], body: JSON? = nil, answer: JSON? = nil,
        contentType: String = "application/json", otherTypes: [String] = [],
        bodyTypes: [String] = ["application/json"]
    ) {
        self.tag = tag
        self.query = query
        self.body = body
        self.answer = answer
        self.contentType = contentType
        self.otherTypes = otherTypes
        self.bodyTypes = bodyTypes
    }
}
