import Resources

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
