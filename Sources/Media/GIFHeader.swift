import Resources

/// GIF: a screen, then blocks of sub-blocks until the trailer.
enum GIFHeader {
    static func read(_ bytes: Bytes) throws(FieldFault) -> ImageHeader {
        guard var width = bytes.number(6, 2, bigEndian: false), var height = bytes.number(8, 2, bigEndian: false),
            let flags = bytes.byte(10)
        else { throw .truncated }
        var frames = 0
        var at = 13 + tableSize(flags)
        while let block = bytes.byte(at) {
            switch block {
            case 0x21: at += 2
            case 0x2C:
                guard let frame = rectangle(bytes, at + 1), let flags = bytes.byte(at + 9) else { throw .truncated }
                // A frame may stick out of the screen, and a decoder makes room for it.
                (width, height) = (max(width, frame.right), max(height, frame.bottom))
                frames += 1
                guard frames <= FileLimits.framesMax else { throw .tooManyFrames }
                at += 11 + tableSize(flags)
            case 0x3B:
                guard frames > 0 else { throw .damaged }
                return ImageHeader(type: .gif, width: width, height: height, frames: frames)
            default: throw .damaged
            }
            while let size = bytes.byte(at), size > 0 { at += size + 1 }
            at += 1
        }
        throw .truncated
    }

    private static func tableSize(_ flags: Int) -> Int {
        flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1)
    }

    private static func rectangle(_ bytes: Bytes, _ at: Int) -> (right: Int, bottom: Int)? {
        let numbers = [0, 2, 4, 6].compactMap { bytes.number(at + $0, 2, bigEndian: false) }
        guard numbers.count == 4 else { return nil }
        return (numbers[0] + numbers[2], numbers[1] + numbers[3])
    }
}
