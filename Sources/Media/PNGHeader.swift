import Resources

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
