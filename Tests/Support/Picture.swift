import Foundation

/// Images and documents that a test makes byte by byte, whole ones and hostile ones.
package enum Picture {
    /// The smallest thing that passes for a PDF.
    package static let pdf = Array("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".utf8)

    // MARK: PNG

    /// A PNG of one colour.
    package static func png(_ width: Int, _ height: Int, red: UInt8 = 200) -> [UInt8] {
        let line: [UInt8] = [0] + (0..<width).flatMap { [red, UInt8(truncatingIfNeeded: $0), 90] }
        return png(width, height, data: Array(repeatElement(line, count: height).joined()))
    }

    /// A PNG whose header says what it likes.
    package static func png(_ width: Int, _ height: Int, data: [UInt8], more: [UInt8] = []) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", big(width, 4) + big(height, 4) + [8, 2, 0, 0, 0]) + more + chunk("IDAT", zlib(data))
            + chunk("IEND", [])
    }

    /// A black PNG of any kind, and the same without the last byte of its pixels.
    package static func png(
        _ width: Int, _ height: Int, _ bits: Int, _ colour: Int, _ interlace: UInt8
    ) -> (sound: [UInt8], short: [UInt8]) {
        let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colour] ?? 1
        var passes = [(width, height)]
        if interlace == 1 {
            func size(_ side: Int, _ start: Int, _ step: Int) -> Int { (side - start + step - 1) / step }
            passes = [
                (size(width, 0, 8), size(height, 0, 8)), (size(width, 4, 8), size(height, 0, 8)),
                (size(width, 0, 4), size(height, 4, 8)), (size(width, 2, 4), size(height, 0, 4)),
                (size(width, 0, 2), size(height, 2, 4)), (size(width, 1, 2), size(height, 0, 2)),
                (width, size(height, 1, 2)),
            ]
        }
        let count = passes.reduce(0) { sum, pass in
            pass.0 == 0 ? sum : sum + pass.1 * (1 + (pass.0 * samples * bits + 7) / 8)
        }
        func file(_ count: Int) -> [UInt8] {
            let kind = [UInt8(bits), UInt8(colour), 0, 0, interlace]
            let colours = colour == 3 ? chunk("PLTE", [0, 0, 0, 255, 255, 255]) : []
            return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
                + chunk("IHDR", big(width, 4) + big(height, 4) + kind) + colours
                + chunk("IDAT", zlib([UInt8](repeating: 0, count: count))) + chunk("IEND", [])
        }
        return (file(count), file(count - 1))
    }

    /// A PNG of one colour of a palette, which is transparent.
    package static func transparentPalette(_ width: Int, _ height: Int) -> [UInt8] {
        let data = [UInt8](repeating: 0, count: height * (1 + width))
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", big(width, 4) + big(height, 4) + [8, 3, 0, 0, 0]) + chunk("PLTE", [0, 0, 0, 255, 255, 255])
            + chunk("tRNS", [0]) + chunk("IDAT", zlib(data)) + chunk("IEND", [])
    }

    /// The values of a pixel, as another program sees them.
    package static func pixel(_ x: Int, _ y: Int, of bytes: [UInt8]) throws -> [Int] {
        let path = NSTemporaryDirectory() + "butik_pixel_\(UInt64.random(in: 0 ... .max))"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Shell.run("vips", ["getpoint", path, "\(x)", "\(y)"]).split { $0.isWhitespace }.compactMap {
            Int($0)
        }
    }

    /// EXIF that says how the camera was held, from 1 (upright) to 8.
    package static func exif(orientation: Int) -> [UInt8] {
        Array("MM".utf8) + big(42, 2) + big(8, 4) + big(1, 2) + big(0x0112, 2) + big(3, 2) + big(1, 4)
            + big(orientation, 2) + [0, 0] + [0, 0, 0, 0]
    }

    /// The same JPEG, taken with a camera that was held in a certain way.
    package static func turned(_ jpeg: [UInt8], orientation: Int) -> [UInt8] {
        let segment = Array("Exif".utf8) + [0, 0] + exif(orientation: orientation)
        return Array(jpeg.prefix(2)) + [0xFF, 0xE1] + big(segment.count + 2, 2) + segment + jpeg.dropFirst(2)
    }

    package static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let content = Array(name.utf8) + data
        return big(data.count, 4) + content + big(Int(crc(content)), 4)
    }

    /// zlib's frame around blocks that are stored as they are (RFC 1950, 1951).
    private static func zlib(_ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: max(1, data.count), by: 65_535) {
            let part = data[start..<min(start + 65_535, data.count)]
            bytes.append(start + 65_535 >= data.count ? 1 : 0)
            bytes += little(part.count, 2) + little(~part.count & 0xFFFF, 2) + part
        }
        let (a, b) = data.reduce((1, 0)) { sums, byte in
            let a = (sums.0 + Int(byte)) % 65_521
            return (a, (sums.1 + a) % 65_521)
        }
        return bytes + big(b << 16 | a, 4)
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    // MARK: GIF

    /// A GIF of so many frames of 2 x 2 pixels.
    package static func gif(frames: Int, side: Int = 2) -> [UInt8] {
        var bytes = Array("GIF89a".utf8) + little(side, 2) + little(side, 2) + [0x80, 0, 0] + [0, 0, 0, 255, 255, 255]
        for frame in 0..<frames {
            bytes += [0x21, 0xF9, 4, 0, 10, 0, 0, 0]
            bytes += [0x2C, 0, 0, 0, 0] + little(2, 2) + little(2, 2) + [0, 2, 4] + pixels(frame % 2) + [0]
        }
        return bytes + [0x3B]
    }

    /// Four pixels of one colour: before each a "clear" (4), so that every code has three bits, and an "end" (5).
    private static func pixels(_ colour: Int) -> [UInt8] {
        let codes = [4, colour, 4, colour, 4, colour, 4, colour, 5]
        return little(codes.enumerated().reduce(0) { $0 | $1.element << ($1.offset * 3) }, 4)
    }

    // MARK: Others

    /// JPEG, WebP and AVIF, made from a PNG by the very program that the server resizes with.
    package static func converted(_ png: [UInt8], to type: String) throws -> [UInt8] {
        let folder = NSTemporaryDirectory() + "butik_picture_\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(png).write(to: URL(fileURLWithPath: folder + "/in.png"))
        try Shell.run("vipsthumbnail", [folder + "/in.png", "--size", "2000x2000>", "-o", "\(folder)/out.\(type)"])
        return Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out.\(type)")))
    }

    /// A JPEG without a picture, whose header says what it likes.
    package static func emptyJPEG(_ width: Int, _ height: Int) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8] + big(height, 2) + big(width, 2) + [1, 1, 0x11, 0]
            + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0] + [0x12, 0xFF, 0x00, 0x34] + [0xFF, 0xD9]
    }

    /// A box of an AVIF.
    package static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8, 4) + Array(name.utf8) + content
    }

    /// An AVIF without a picture, whose header says what it likes.
    package static func emptyAVIF(_ width: Int, _ height: Int, more: [UInt8] = []) -> [UInt8] {
        let sides = box("ispe", [0, 0, 0, 0] + big(width, 4) + big(height, 4))
        let meta = box("meta", [0, 0, 0, 0] + box("iprp", box("ipco", sides)))
        return box("ftyp", Array("avif".utf8) + [0, 0, 0, 0] + Array("avifmif1".utf8)) + meta + more
            + box("mdat", [0, 0, 0, 0])
    }

    /// A WebP whose header says what it likes, with so many frames.
    package static func emptyWebP(_ width: Int, _ height: Int, frames: Int) -> [UInt8] {
        func part(_ name: String, _ data: [UInt8]) -> [UInt8] {
            Array(name.utf8) + little(data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
        }
        let header = part("VP8X", [2, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
        let content = Array("WEBP".utf8) + header + (0..<frames).flatMap { _ in part("ANMF", [0, 0, 0, 0]) }
        return Array("RIFF".utf8) + little(content.count, 4) + content
    }

    private static func big(_ number: Int, _ size: Int) -> [UInt8] { little(number, size).reversed() }

    private static func little(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}

extension [UInt8] {
    package var base64: String { Data(self).base64EncodedString() }
}
