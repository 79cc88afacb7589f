import Glibc

/// A file that was opened to be sent; it stays readable when its name is removed meanwhile.
package final class OpenedFile: Sendable {
    package let descriptor: Int32
    package let size: Int64

    /// Nil where there is no such file. Blocks for as long as the disk takes.
    package init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }
}

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
