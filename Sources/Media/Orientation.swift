/// How a camera was held, by what EXIF says: a TIFF file within the image.
enum Orientation {
    /// The tag's number (EXIF, 4.6.4).
    private static let tag = 0x0112
    private static let entriesMax = 500

    /// Whether width and height change places when the image is shown.
    /// - Parameters:
    ///   - at: where EXIF begins.
    ///   - length: how long it is.
    static func isTurned(_ bytes: Bytes, _ at: Int, _ length: Int) -> Bool {
        let isNamed = bytes.starts(with: Array("Exif".utf8) + [0, 0], at: at)
        guard let part = bytes.part(at, length) else { return false }
        let tiff = Bytes(UnsafeRawBufferPointer(rebasing: part.dropFirst(isNamed ? 6 : 0)))
        let isBig = tiff.starts(with: Array("MM".utf8))
        guard isBig || tiff.starts(with: Array("II".utf8)), tiff.number(2, 2, bigEndian: isBig) == 42,
            let first = tiff.number(4, 4, bigEndian: isBig), let count = tiff.number(first, 2, bigEndian: isBig)
        else { return false }
        for entry in 0..<min(count, entriesMax) {
            let place = first + 2 + entry * 12
            if tiff.number(place, 2, bigEndian: isBig) == tag {
                return (5...8).contains(tiff.number(place + 8, 2, bigEndian: isBig) ?? 1)
            }
        }
        return false
    }
}
