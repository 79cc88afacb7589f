/// Text out of HTML.
package enum MarkUp {
    private static let named: [String: String] = [
        "aelig": "æ", "oslash": "ø", "aring": "å", "AElig": "Æ", "Oslash": "Ø", "Aring": "Å", "eacute": "é",
        "auml": "ä",
        "ouml": "ö", "uuml": "ü", "shy": "",
    ]
    private static let entityMax = 10

    /// The text without tags; an entity that is no letter parts two words as a space does.
    package static func plain(_ html: String) -> String {
        let bytes = Array(html.utf8)
        guard bytes.contains(where: isMark) else { return html }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard isMark(bytes[index]) else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let isTag = bytes[index] == UInt8(ascii: "<")
            let reach = isTag ? bytes[index...] : bytes[index...].prefix(entityMax)
            if let end = reach.firstIndex(of: UInt8(ascii: isTag ? ">" : ";")) {
                let name = isTag ? nil : named[String(decoding: bytes[(index + 1)..<end], as: UTF8.self)]
                text += (name ?? " ").utf8
                index = end + 1
            } else {
                text.append(UInt8(ascii: " "))
                if isTag {
                    // What never ends is no tag, and neither is any behind it.
                    text += bytes[(index + 1)...]
                    break
                }
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") }
}
