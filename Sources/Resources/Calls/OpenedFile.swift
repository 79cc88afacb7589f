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
