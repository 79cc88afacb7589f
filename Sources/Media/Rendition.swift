import Basics
package import Resources

/// One way an image is shown: `fit-1000x1000x90.png` keeps all of it within a frame, `box-…` fills the frame and cuts off
/// what sticks out.
package struct Rendition: Sendable, Equatable {
    package enum Mode: String, Sendable {
        case fit, box
    }

    private static let sideMax = 2000
    private static let extensions: [String: FileType] = [
        "jpg": .jpeg, "jpeg": .jpeg, "png": .png, "gif": .gif, "webp": .webp, "avif": .avif,
    ]

    package let mode: Mode
    package let width: Int
    package let height: Int
    package let quality: Int
    package let type: FileType

    /// How renditions are made. Raised when that changes, so that those of old are not shown any more, and are swept.
    /// 2: nothing of the camera in WebP, white under transparency in JPEG.
    static let version = "v2"

    static func isCurrent(_ name: String) -> Bool { name.hasPrefix(version + "-") && !name.contains(".part.") }

    /// What it is called beside its original.
    package var name: String { "\(Self.version)-\(mode.rawValue)-\(width)x\(height)x\(quality).\(type.fileExtension)" }

    /// Reads the last part of an address, with or without a slug before it; nil for what is none.
    init?(_ text: Substring) {
        guard let dot = text.lastIndex(of: "."), let type = Self.extensions[String(text[text.index(after: dot)...])]
        else {
            return nil
        }
        let words = text[..<dot].split(separator: "-", omittingEmptySubsequences: false)
        guard words.count >= 2, let mode = Mode(rawValue: String(words[words.count - 2])), let last = words.last else {
            return nil
        }
        let numbers = last.split(separator: "x", omittingEmptySubsequences: false)
        let values = numbers.compactMap { Self.number($0) }
        guard numbers.count == 3, values.count == 3, (1...Self.sideMax).contains(values[0]),
            (1...Self.sideMax).contains(values[1]), (1...100).contains(values[2])
        else { return nil }
        self.mode = mode
        self.type = type
        (width, height, quality) = (values[0], values[1], values[2])
    }

    /// Reads what follows `/cache/`: the digits of the image's id, each for itself, and a rendition.
    package static func parse(_ path: String) -> (imageID: Int64, rendition: Rendition)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, let last = parts.last, let rendition = Rendition(last) else { return nil }
        let digits = parts.dropLast()
        guard digits.count <= 19, digits.allSatisfy({ $0.utf8.count == 1 }), digits.first != "0",
            let id = WholeNumber(strict: digits.joined())?.int64
        else { return nil }
        return (id, rendition)
    }

    /// Only the one way to write a number, so that a rendition has one name.
    private static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.first != "0", text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }
}
