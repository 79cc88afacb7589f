/// A file that came with a request: looked at, and in the media folder, before the transaction begins.
package struct Upload: Sendable, Equatable {
    package let sha256: String
    package let bytes: Int64
    package let type: FileType
    /// 0 for what is no image.
    package let width: Int64
    package let height: Int64

    package init(sha256: String, bytes: Int64, type: FileType, width: Int64, height: Int64) {
        self.sha256 = sha256
        self.bytes = bytes
        self.type = type
        self.width = width
        self.height = height
    }
}
