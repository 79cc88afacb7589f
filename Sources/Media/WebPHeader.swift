import Resources

/// WebP: a RIFF file whose chunks hold one picture, or an animation's frames.
enum WebPHeader {
    static func read(_ bytes: Bytes) throws(FieldFault) -> ImageHeader {
        guard let size = bytes.number(4, 4, bigEndian: false) else { throw .truncated }
        guard size + 8 <= bytes.count else { throw .truncated }
        let file = bytes.prefix(size + 8)
        var canvas: (Int, Int)?
        var picture: (Int, Int)?
        var (frames, isTurned) = (0, false)
        var at = 12
        while let name = file.name(at), let length = file.number(at + 4, 4, bigEndian: false) {
            guard at + 8 + length <= file.count else { throw .truncated }
            switch name {
            case "VP8X": canvas = extended(file, at + 8)
            case "VP8 ": picture = lossy(file, at + 8)
            case "VP8L": picture = lossless(file, at + 8)
            case "EXIF": isTurned = Orientation.isTurned(file, at + 8, length)
            case "ANMF":
                frames += 1
                guard frames <= FileLimits.framesMax else { throw .tooManyFrames }
            default: break
            }
            at += 8 + length + length % 2
        }
        guard picture != nil || frames > 0, let sides = larger(canvas, picture) else { throw .damaged }
        var header = ImageHeader(type: .webp, width: sides.0, height: sides.1, frames: max(1, frames))
        // Animations are shown as they are stored.
        if isTurned, frames == 0 { header.turn() }
        return header
    }

    /// Whichever says more counts: a small canvas must not hide a large picture.
    private static func larger(_ one: (Int, Int)?, _ other: (Int, Int)?) -> (Int, Int)? {
        guard let one, let other else { return one ?? other }
        return (max(one.0, other.0), max(one.1, other.1))
    }

    private static func extended(_ bytes: Bytes, _ at: Int) -> (Int, Int)? {
        guard let width = bytes.number(at + 4, 3, bigEndian: false),
            let height = bytes.number(at + 7, 3, bigEndian: false)
        else { return nil }
        return (width + 1, height + 1)
    }

    private static func lossy(_ bytes: Bytes, _ at: Int) -> (Int, Int)? {
        guard bytes.starts(with: [0x9D, 0x01, 0x2A], at: at + 3),
            let width = bytes.number(at + 6, 2, bigEndian: false),
            let height = bytes.number(at + 8, 2, bigEndian: false)
        else { return nil }
        return (width & 0x3FFF, height & 0x3FFF)
    }

    private static func lossless(_ bytes: Bytes, _ at: Int) -> (Int, Int)? {
        guard bytes.byte(at) == 0x2F, let bits = bytes.number(at + 1, 4, bigEndian: false) else { return nil }
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    }
}
