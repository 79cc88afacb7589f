import Mustache

/// Text within HTML: its five characters that mean something there as references, byte by byte. What swift-mustache does of itself
/// looks for whole `Character`s, and `<` behind a letter such as U+0600 is none of its own.
package enum HTMLText {
    /// What a template begins with whose values are to be shown as text.
    package static let pragma: String = {
        MustacheContentTypes.register(ContentType(), named: "HTML_TEXT")
        return "{{% CONTENT_TYPE:HTML_TEXT}}"
    }()

    private struct ContentType: MustacheContentType {
        func escapeText(_ text: String) -> String { HTMLText.escaped(text) }
    }

    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
