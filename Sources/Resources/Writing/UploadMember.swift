/// A member of a body whose rows carry files as base64 in `data`, or images as an address in `url`.
package struct UploadMember: Sendable {
    package let name: String
    package let kind: UploadKind

    package init(_ name: String, _ kind: UploadKind) {
        self.name = name
        self.kind = kind
    }
}
