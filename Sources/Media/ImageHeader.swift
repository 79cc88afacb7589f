package import Resources

/// What an image says of itself, read from its own bytes before any decoder sees them. The whole file is walked from block
/// to block, so that one that was cut off is found out too.
package struct ImageHeader: Sendable, Equatable {
    package let type: FileType
    /// Its sides as it is shown, which is not as it is stored where the camera was held upright.
    package private(set) var width: Int
    package private(set) var height: Int
    package var frames = 1

    mutating func turn() { (width, height) = (height, width) }

    package static func read(_ buffer: UnsafeRawBufferPointer) throws(FieldFault) -> ImageHeader {
        let bytes = Bytes(buffer)
        let header: ImageHeader
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            header = try PNGHeader.read(bytes)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            header = try JPEGHeader.read(bytes)
        } else if bytes.starts(with: Array("GIF87a".utf8)) || bytes.starts(with: Array("GIF89a".utf8)) {
            header = try GIFHeader.read(bytes)
        } else if bytes.name(0) == "RIFF", bytes.name(8) == "WEBP" {
            header = try WebPHeader.read(bytes)
        } else if bytes.name(4) == "ftyp" {
            header = try AVIFHeader.read(bytes)
        } else {
            throw FieldFault(
                "unknown_type", "is no image we take: JPEG, PNG, GIF, WebP or AVIF, whatever its name says")
        }
        try header.check()
        if header.type == .png { try PNGPixels.check(bytes) }
        return header
    }

    private func check() throws(FieldFault) {
        guard width > 0, height > 0, frames > 0 else { throw .damaged }
        guard width <= FileLimits.sideMax, height <= FileLimits.sideMax else {
            throw FieldFault(
                "too_many_pixels", "is \(width) x \(height); a side has at most \(FileLimits.sideMax) pixels")
        }
        guard frames <= FileLimits.framesMax else { throw .tooManyFrames }
        // Three small numbers, whose product is far below what fits.
        guard width * height * frames <= FileLimits.pixelsMax else {
            throw FieldFault(
                "too_many_pixels", "has more than \(FileLimits.pixelsMax / 1_000_000) megapixels, all frames together")
        }
    }
}

extension FieldFault {
    static let truncated = FieldFault("truncated", "ends before it is whole")
    static let damaged = FieldFault("damaged", "is damaged: its header makes no sense")
    static let undecodable = FieldFault("undecodable", "is damaged: its pixels cannot be decoded")
    static let tooManyFrames = FieldFault("too_many_frames", "has more than \(FileLimits.framesMax) frames")
}

/// PNG: a signature and chunks of length, name, data and checksum.
enum PNGHeader {
    static func read(_ bytes: Bytes) throws(FieldFault) -> ImageHeader {
        guard bytes.count >= 33 else { throw .truncated }
        guard bytes.number(8, 4) == 13, bytes.name(12) == "IHDR", let width = bytes.number(16, 4),
            let height = bytes.number(20, 4)
        else { throw .damaged }
        var header = ImageHeader(type: .png, width: width, height: height)
        var (hasData, isTurned) = (false, false)
        var at = 8
        while let length = bytes.number(at, 4), let name = bytes.name(at + 4) {
            guard length <= bytes.count, at + 12 + length <= bytes.count else { throw .truncated }
            switch name {
            case "IDAT": hasData = true
            case "eXIf": isTurned = Orientation.isTurned(bytes, at + 8, length)
            case "acTL": header.frames = bytes.number(at + 8, 4) ?? 0
            case "IEND":
                guard hasData else { throw .damaged }
                if isTurned { header.turn() }
                return header
            default: break
            }
            at += 12 + length
        }
        throw .truncated
    }
}

/// JPEG: markers with lengths, and the picture itself between a start-of-scan and the next marker.
enum JPEGHeader {
    static func read(_ bytes: Bytes) throws(FieldFault) -> ImageHeader {
        var header: ImageHeader?
        var hasScan = false
        var isTurned: Bool?
        var at = 2
        while let marker = nextMarker(bytes, &at) {
            switch marker {
            case 0xD9:
                guard var header, hasScan else { throw .damaged }
                if isTurned == true { header.turn() }
                return header
            case 0x01, 0xD0...0xD8: continue
            case 0xC0, 0xC1, 0xC2:
                guard let height = bytes.number(at + 3, 2), let width = bytes.number(at + 5, 2) else {
                    throw .truncated
                }
                guard header == nil else { throw .damaged }
                header = ImageHeader(type: .jpeg, width: width, height: height)
            // Lossless, hierarchical and arithmetic JPEG: no browser shows them.
            case 0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                throw FieldFault("unknown_type", "is a kind of JPEG that browsers do not show")
            case 0xDA: hasScan = true
            default: break
            }
            guard let length = bytes.number(at, 2) else { throw .truncated }
            guard length >= 2 else { throw .damaged }
            // Where there are two, decoders go by the first.
            if marker == 0xE1, isTurned == nil, bytes.starts(with: Array("Exif".utf8), at: at + 2) {
                isTurned = Orientation.isTurned(bytes, at + 2, length - 2)
            }
            at += length
            if marker == 0xDA { skipScan(bytes, &at) }
        }
        throw .truncated
    }

    /// The marker at this place, and the place behind it.
    private static func nextMarker(_ bytes: Bytes, _ at: inout Int) -> Int? {
        guard bytes.byte(at) == 0xFF else { return nil }
        while bytes.byte(at) == 0xFF { at += 1 }
        defer { at += 1 }
        return bytes.byte(at)
    }

    /// Passes over what a scan holds: an 0xFF in it is followed by 0 or a restart marker.
    private static func skipScan(_ bytes: Bytes, _ at: inout Int) {
        while let found = bytes.first(0xFF, from: at) {
            at = found
            guard let next = bytes.byte(found + 1) else { break }
            if next != 0, !(0xD0...0xD7).contains(next), next != 0xFF { return }
            at = next == 0xFF ? found + 1 : found + 2
        }
        at = bytes.count
    }
}

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
