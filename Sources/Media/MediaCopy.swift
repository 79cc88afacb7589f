import Basics
import Crypto
import Glibc
import Resources

/// What became of originals that were copied from one folder to another, each proven by its name, which is the hash of its
/// content.
package struct MediaCopy: Sendable {
    /// Those that came, and those that were there already.
    package private(set) var copied = 0
    package private(set) var there = 0
    /// Those that could not be copied, and why.
    package private(set) var faults: [String] = []

    /// Copies what the target lacks.
    init(
        _ files: [MediaFile], from source: MediaFolder, to target: MediaFolder, _ progress: (Int) -> Void
    ) throws {
        for (index, file) in files.enumerated() {
            try copy(file, source, target)
            progress(index + 1)
        }
    }

    private mutating func copy(_ file: MediaFile, _ source: MediaFolder, _ target: MediaFolder) throws {
        let name = "shop \(file.shop): \(file.sha256)"
        guard let opened = source.openedInPlace(file.sha256, shop: file.shop) else {
            // What is gone here may have come to the other in time, or never have left it.
            if target.openedInPlace(file.sha256, shop: file.shop) == nil {
                faults.append("\(name) is missing")
            } else {
                there += 1
            }
            return
        }
        // It was proven when it came, so its size tells whether it is all there.
        if Disk.status(target.original(file.shop, file.sha256))?.bytes == opened.size {
            there += 1
            return
        }
        let part = try TemporaryFile(in: target.temporary)
        guard try Self.hash(opened, writingTo: part) == file.sha256 else {
            faults.append("\(name) is damaged")
            return
        }
        // What has the name and not the content gives way.
        unlink(target.original(file.shop, file.sha256))
        try target.keep(part, as: file.sha256, shop: file.shop)
        copied += 1
    }

    private static func hash(_ file: OpenedFile, writingTo part: TemporaryFile) throws -> String {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(file.descriptor, buffer.baseAddress, buffer.count)
            guard count >= 0 else { throw Disk.fault("read") }
            if count == 0 { return Hex.text(hash.finalize()) }
            let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bufferPointer: chunk)
            try part.write(chunk)
        }
    }
}
