import Glibc

/// Which file it is that a path leads to, whatever the path: so a command knows that a server has the database it means.
struct FileIdentity: CustomStringConvertible {
    private let device: UInt
    private let number: UInt
    /// How long the file is.
    let bytes: Int
    /// Whether it is a plain file, and no folder, pipe or device.
    let isPlain: Bool

    /// Nil where there is no file.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        (device, number) = (UInt(facts.st_dev), UInt(facts.st_ino))
        (bytes, isPlain) = (Int(facts.st_size), facts.st_mode & S_IFMT == S_IFREG)
    }

    var description: String { "\(device)-\(number)" }
}
