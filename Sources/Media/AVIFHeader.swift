import Resources

/// AVIF: boxes within boxes; the sides are properties of the picture.
enum AVIFHeader {
    /// A box: its name and where its content lies.
    private struct Box {
        let name: String
        let content: Range<Int>
    }

    private static let boxesMax = 1000

    static func read(_ bytes: Bytes) throws(FieldFault) -> ImageHeader {
        let boxes = try boxes(bytes, 0..<bytes.count)
        guard let first = boxes.first, first.name == "ftyp", brands(bytes, first.content).contains("avif") else {
            throw FieldFault(
                "unknown_type", "is no image we take: JPEG, PNG, GIF, WebP or AVIF, whatever its name says")
        }
        guard !boxes.contains(where: { $0.name == "moov" }) else {
            throw FieldFault("unknown_type", "is an animation; AVIF is taken as a still image")
        }
        guard boxes.contains(where: { $0.name == "mdat" || $0.name == "idat" }),
            let meta = boxes.first(where: { $0.name == "meta" })
        else { throw .truncated }
        var inner = try children(bytes, meta, skipping: 4)
        for name in ["iprp", "ipco"] {
            guard let box = inner.first(where: { $0.name == name }) else { throw .damaged }
            inner = try children(bytes, box, skipping: 0)
        }
        // There is one for each part of the picture; the largest is the whole.
        let sides = inner.filter { $0.name == "ispe" }.compactMap { box -> (Int, Int)? in
            guard let width = bytes.number(box.content.lowerBound + 4, 4),
                let height = bytes.number(box.content.lowerBound + 8, 4)
            else { return nil }
            return (width, height)
        }
        guard let width = sides.map(\.0).max(), let height = sides.map(\.1).max() else { throw .damaged }
        var header = ImageHeader(type: .avif, width: width, height: height)
        // A quarter turn is a property too; what EXIF says besides does not count here.
        let turns = inner.first { $0.name == "irot" }.flatMap { bytes.byte($0.content.lowerBound) } ?? 0
        if turns & 1 == 1 { header.turn() }
        return header
    }

    private static func children(_ bytes: Bytes, _ box: Box, skipping: Int) throws(FieldFault) -> [Box] {
        guard box.content.count >= skipping else { throw .damaged }
        return try boxes(bytes, box.content.dropFirst(skipping))
    }

    private static func boxes(_ bytes: Bytes, _ range: Range<Int>) throws(FieldFault) -> [Box] {
        var boxes: [Box] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard let size = bytes.number(at, 4), let name = bytes.name(at + 4) else { throw .truncated }
            var (head, length) = (8, size)
            if size == 1 {
                // No file of ours needs the upper half of a long size.
                guard bytes.number(at + 8, 4) == 0, let long = bytes.number(at + 12, 4) else { throw .truncated }
                (head, length) = (16, long)
            } else if size == 0 {
                length = range.upperBound - at
            }
            guard length >= head else { throw .damaged }
            guard at + length <= range.upperBound else { throw .truncated }
            boxes.append(Box(name: name, content: at + head..<at + length))
            guard boxes.count <= boxesMax else { throw .damaged }
            at += length
        }
        return boxes
    }

    private static func brands(_ bytes: Bytes, _ content: Range<Int>) -> [String] {
        stride(from: content.lowerBound, to: content.upperBound, by: 4).prefix(64).compactMap { bytes.name($0) }
    }
}
