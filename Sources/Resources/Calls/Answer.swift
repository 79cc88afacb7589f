package import Basics

/// What an endpoint says back, before it becomes HTTP.
package struct Answer: Sendable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]
    package var headers: [(name: String, value: String)]
    /// The version of the single object shown, which `If-Match` compares.
    package var version: Int64?
    /// The page shape of a list for documentation and tags: answers without one get no ETag.
    package var isTagged: Bool
    /// What is sent in the place of `body`.
    package var file: FileBody?
    /// Whether it shows a secret that is not to be stored, not even to be replayed.
    package var isSecret = false
    /// What comes in its place, or behind its head, as long as the client listens.
    package var listening: Listening?
    /// Writes the body piece by piece, where it is too large to be held.
    package var stream: (@Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void)?

    package init(
        status: Int = 200, contentType: String = "application/json", body: [UInt8],
        headers: [(name: String, value: String)] = [], version: Int64? = nil, isTagged: Bool = true
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
        self.version = version
        self.isTagged = isTagged
    }

    package static func json(_ value: JSON) -> Answer {
        Answer(body: value.bytes)
    }
}
