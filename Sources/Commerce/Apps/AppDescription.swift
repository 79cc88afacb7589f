import Basics

/// What an app says of itself: text with links, and no other markup.
package struct AppDescription: Sendable {
    /// HTML that means the same to every browser, whatever was written: made anew of what was read.
    package let html: String

    /// Why a text is none.
    package struct Refused: Error {
        package let reason: String
    }

    /// Attributes of a link. Those of the second kind may be written and are not shown.
    private static let shown: Set<String> = ["href", "title"]
    private static let passedOver: Set<String> = ["target", "rel"]

    /// - Throws: what is no text and no link.
    package init(_ text: String) throws(Refused) {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else {
            html = text.htmlEscaped
            return
        }
        guard let parser = HTMLParser.loaded else {
            throw Refused(reason: "has markup, which this server cannot look at: it has no libxml2")
        }
        guard let pieces = parser.pieces(of: text) else {
            throw Refused(reason: "is not closed as it was opened, or ends what it has not begun")
        }
        var writer = Writer()
        for piece in pieces { try writer.add(piece) }
        html = writer.html
    }

    private struct Writer {
        var html = ""
        private var links = 0

        mutating func add(_ piece: HTMLParser.Piece) throws(Refused) {
            switch piece {
            case .text(let text): html += text.htmlEscaped
            case .close: html += "</a>"
            case .other: throw Refused(reason: "has something beside text and links; only <a> is taken")
            case .open(let name, let attributes):
                guard name == "a" else {
                    throw Refused(reason: "has <\(name.prefix(20))>; only <a> is taken, for links")
                }
                html += "<a" + (try attributes.reduceText(Self.attribute)) + " rel=\"noopener nofollow\">"
            }
        }

        private static func attribute(_ name: String, _ value: String) throws(Refused) -> String {
            if passedOver.contains(name) { return "" }
            guard shown.contains(name) else {
                throw Refused(reason: "has <a> with \(name.prefix(20)); href and title are taken")
            }
            guard name != "href" || isLink(value) else {
                throw Refused(reason: "has a link that does not begin with https://, http:// or mailto:")
            }
            return " \(name)=\"\(value.htmlEscaped)\""
        }

        private static func isLink(_ address: String) -> Bool {
            let start = address.prefix(8).lowercased()
            return ["https://", "http://", "mailto:"].contains { start.hasPrefix($0) } && !address.hasControls
        }
    }
}

extension [(name: String, value: String)] {
    fileprivate func reduceText<Failure: Error>(
        _ text: (String, String) throws(Failure) -> String
    ) throws(Failure) -> String {
        var all = ""
        for (name, value) in self { all += try text(name, value) }
        return all
    }
}
