/// An answer's body that is sent from a file, whole or a stretch of it.
package struct FileBody: Sendable {
    package let file: OpenedFile
    package let range: Range<Int64>
    /// A strong tag: the bytes under it never change.
    package let tag: String

    package init(_ file: OpenedFile, tag: String, range: Range<Int64>? = nil) {
        self.file = file
        self.tag = tag
        self.range = range ?? 0..<file.size
    }

    package func limited(to range: Range<Int64>) -> FileBody {
        FileBody(file, tag: tag, range: range)
    }
}
