import Foundation
import Synchronization

/// The file of the local door. It is bound inside a folder that nobody else can enter, gets its mode there, and only then
/// its name, in the place of what a killed server left: there is no moment at which others could connect.
package final class LocalSocket: Sendable {
    /// Why a server has no local door.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// What a socket's path may have (unix(7): 108 with its end).
    private static let pathBytesMax = 107

    package let path: String
    private let folder: String
    private let workshop: String
    /// The number of its file, by which it is known again.
    private let file = Mutex<UInt?>(nil)

    /// Where it is bound.
    var bound: String { workshop + "/s" }

    /// - Parameter data: the data folder.
    package init(data: String) {
        folder = data
        path = data + "/butik.sock"
        workshop = data + "/.door"
    }

    /// Makes the place to bind it at.
    /// - Throws: where its path is too long, another server answers there, or the folder cannot be written.
    func prepare() throws {
        guard path.utf8.count <= Self.pathBytesMax else {
            throw Fault(
                description:
                    "\(path) is longer than the \(Self.pathBytesMax) bytes of a socket's path; use a shorter --data")
        }
        if isAnswered { throw Fault(description: "another server has \(path)") }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard mkdir(workshop, 0o700) == 0 || errno == EEXIST, isWorkshopOurs, chmod(workshop, 0o700) == 0 else {
            throw Fault(description: "\(workshop) cannot be made, or is somebody else's (errno \(errno))")
        }
        // What a server left that was killed between its binding and its name.
        unlink(bound)
    }

    /// Gives it its mode and its name, once it is bound.
    func publish() throws {
        guard chmod(bound, 0o600) == 0, let number = Self.number(bound), rename(bound, path) == 0 else {
            throw Fault(description: "\(path) cannot be made (errno \(errno))")
        }
        file.withLock { $0 = number }
        rmdir(workshop)
    }

    /// Takes the name away, unless another server has it by now.
    func remove() {
        if let number = file.withLock({ $0 }), Self.number(path) == number { unlink(path) }
    }

    /// Whether it is a folder of this user's: not one that somebody put there, nor a link to such.
    private var isWorkshopOurs: Bool {
        var facts = stat()
        return lstat(workshop, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR && facts.st_uid == geteuid()
    }

    private static func number(_ path: String) -> UInt? {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts.st_ino : nil
    }

    /// Whether somebody takes connections there; what a killed server left takes none.
    private var isAnswered: Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // One whose line is full is there.
        return result == 0 || errno == EAGAIN
    }
}
