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
