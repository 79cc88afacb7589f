import Compression
import Resources

/// Whether a PNG holds the rows its header promises: they are unpacked and counted, and kept nowhere.
struct PNGPixels {
    private struct Pass {
        var rows: Int
        let rowBytes: Int
    }

    private var passes: ArraySlice<Pass>
    /// What is still to come of the row that has begun.
    private var left = 0
    private(set) var isDamaged = false

    var isWhole: Bool { left == 0 && passes.isEmpty }

    /// Walks through the chunks of a picture whose header was found sound.
    static func check(_ bytes: Bytes) throws(FieldFault) {
        guard var pixels = PNGPixels(bytes) else { throw .damaged }
        let inflater = Inflater()
        var at = 8
        while let length = bytes.number(at, 4), let name = bytes.name(at + 4), !pixels.isWhole {
            if name == "IDAT", let part = bytes.part(at + 8, length) {
                let state = inflater.take(part) { pixels.take($0) }
                if pixels.isDamaged || state == .damaged { throw .undecodable }
                if state == .ended { break }
            }
            at += 12 + length
        }
        guard pixels.isWhole else { throw .truncated }
    }

    /// Samples of a pixel by colour type, and how many bits one may have (PNG, 11.2.2).
    private static let colours: [Int: (samples: Int, bits: Set<Int>)] = [
        0: (1, [1, 2, 4, 8, 16]), 2: (3, [8, 16]), 3: (1, [1, 2, 4, 8]), 4: (2, [8, 16]), 6: (4, [8, 16]),
    ]

    /// Where the pixels of a pass begin, and how far they are apart.
    private typealias Grid = (x: Int, y: Int, across: Int, down: Int)

    /// The passes of an interlaced picture (PNG, 8.2).
    private static let interlaced: [Grid] = [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]

    private init?(_ bytes: Bytes) {
        guard let width = bytes.number(16, 4), let height = bytes.number(20, 4), let bits = bytes.byte(24),
            let colour = bytes.byte(25).flatMap({ Self.colours[$0] }), colour.bits.contains(bits),
            let interlace = bytes.byte(28), interlace <= 1
        else { return nil }
        let grids: [Grid] = interlace == 0 ? [(0, 0, 1, 1)] : Self.interlaced
        passes =
            grids.map { grid in
                let pixels = (width - grid.x + grid.across - 1) / grid.across
                let rows = (height - grid.y + grid.down - 1) / grid.down
                return Pass(rows: pixels > 0 ? rows : 0, rowBytes: (pixels * colour.samples * bits + 7) / 8)
            }.filter { $0.rows > 0 }[...]
    }

    /// Counts what came out, and answers whether more is wanted.
    private mutating func take(_ part: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        while at < part.count, !isWhole {
            if left == 0 {
                // Each row begins with the number of its filter, of which there are five.
                guard part[at] <= 4 else {
                    isDamaged = true
                    return false
                }
                at += 1
                left = beginRow()
            }
            let step = min(left, part.count - at)
            at += step
            left -= step
        }
        return !isWhole
    }

    private mutating func beginRow() -> Int {
        guard let pass = passes.first else { return 0 }
        if pass.rows == 1 { passes.removeFirst() } else { passes[passes.startIndex].rows -= 1 }
        return pass.rowBytes
    }
}
