import Glibc

/// The parts of a WebP (RIFF container, "WebP Container Specification") that are not the picture. libvips 8.14 writes them
/// though it is told not to: where the camera stood, and 7 KB of colour profile.
enum WebPMetadata {
    /// What a picture is made of; everything else is left out, whatever it may be.
    private static let kept: Set<String> = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"]
    /// The bits of VP8X that say what else there is: animation, transparency. Those for a profile, EXIF and XMP go.
    private static let flagsKept = 0x12

    /// A file's bytes without them; nil for what is no WebP.
    static func removed(from file: [UInt8]) -> [UInt8]? {
        file.withUnsafeBytes { buffer in
            let bytes = Bytes(buffer)
            guard bytes.name(0) == "RIFF", bytes.name(8) == "WEBP" else { return nil }
            var parts: [UInt8] = []
            var at = 12
            while let name = bytes.name(at), let size = bytes.number(at + 4, 4, bigEndian: false) {
                let length = 8 + size + size % 2
                guard let part = bytes.part(at, length) else { return nil }
                if kept.contains(name) {
                    var part = Array(part)
                    if name == "VP8X", size > 0 { part[8] &= UInt8(flagsKept) }
                    parts += part
                }
                at += length
            }
            let size = parts.count + 4
            let header = (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
            return Array("RIFF".utf8) + header + Array("WEBP".utf8) + parts
        }
    }

    /// Takes them out of a file, which is written anew.
    static func remove(in path: String) throws {
        let file = try Disk.bytes(of: path)
        guard let picture = removed(from: file) else { throw Disk.Fault(what: "read \(path)", code: EINVAL) }
        guard picture.count < file.count else { return }
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw Disk.fault("open \(path)") }
        defer { close(descriptor) }
        try picture.withUnsafeBytes { try Disk.writeAll(descriptor, $0) }
    }
}
