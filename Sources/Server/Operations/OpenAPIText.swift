/// The OpenAPI document of a server, under the address it is reached at.
struct OpenAPIText: Sendable {
    let bytes: [UInt8]
}
