import Glibc

/// libxml2's parser of HTML, loaded by who first needs it and not with the program: with what it needs itself it is as large as all of
/// ours. Its functions are called by name; what they hand on is nobody's to look into, so that all its versions do.
struct HTMLParser: Sendable {
    /// What was read, one after the other.
    enum Piece: Equatable {
        case open(String, [(name: String, value: String)])
        case text(String)
        case close
        /// A comment, an instruction or the like.
        case other

        static func == (left: Piece, right: Piece) -> Bool {
            switch (left, right) {
            case (.close, .close), (.other, .other): true
            case (.text(let left), .text(let right)): left == right
            case (.open(let left, let its), .open(let right, let others)):
                left == right && its.map(\.name) == others.map(\.name) && its.map(\.value) == others.map(\.value)
            default: false
            }
        }
    }

    private typealias Text = UnsafePointer<CChar>
    private typealias Ask = @convention(c) (OpaquePointer?) -> Int32
    private typealias Tell = @convention(c) (OpaquePointer?) -> Text?
    private typealias End = @convention(c) (OpaquePointer?) -> Void

    private let read: @convention(c) (Text?, Int32, Text?, Text?, Int32) -> OpaquePointer?
    private let walk: @convention(c) (OpaquePointer?) -> OpaquePointer?
    private let (next, kind, isEmpty, nextAttribute, backToElement): (Ask, Ask, Ask, Ask, Ask)
    private let (name, value): (Tell, Tell)
    private let (endWalk, endDocument): (End, End)

    /// Nil where the machine has none.
    static let loaded = HTMLParser()

    private init?() {
        guard
            let file = ["libxml2.so.2", "libxml2.so.16", "libxml2.so"].lazy.compactMap({ (name: String) in
                dlopen(name, RTLD_NOW)
            })
            .first
        else { return nil }
        func find<Function>(_ name: String) -> Function? {
            dlsym(file, name).map { unsafeBitCast($0, to: Function.self) }
        }
        guard let start: @convention(c) () -> Void = find("xmlInitParser"),
            let read: @convention(c) (Text?, Int32, Text?, Text?, Int32) -> OpaquePointer? = find("htmlReadMemory"),
            let walk: @convention(c) (OpaquePointer?) -> OpaquePointer? = find("xmlReaderWalker"),
            let next: Ask = find("xmlTextReaderRead"), let kind: Ask = find("xmlTextReaderNodeType"),
            let isEmpty: Ask = find("xmlTextReaderIsEmptyElement"),
            let nextAttribute: Ask = find("xmlTextReaderMoveToNextAttribute"),
            let back: Ask = find("xmlTextReaderMoveToElement"), let name: Tell = find("xmlTextReaderConstName"),
            let value: Tell = find("xmlTextReaderConstValue"), let endWalk: End = find("xmlFreeTextReader"),
            let endDocument: End = find("xmlFreeDoc")
        else { return nil }
        start()
        (self.read, self.walk, self.next, self.kind, self.isEmpty) = (read, walk, next, kind, isEmpty)
        (self.nextAttribute, backToElement, self.name, self.value) = (nextAttribute, back, name, value)
        (self.endWalk, self.endDocument) = (endWalk, endDocument)
    }

    /// Of libxml2's `htmlParserOption`: recover, no errors, no warnings, no DTD, no network, no elements that were not written.
    private static let options: Int32 = 1 | 4 | 32 | 64 | 2048 | 8192

    /// What a piece of HTML is made of; nil where it does not end where it ends, as with a comment or a tag that is still open. It stands
    /// in a `div` before a `br`, and only where nothing of it has closed the one or swallowed the other are both found again.
    func pieces(of text: String) -> [Piece]? {
        var source = "<div>\(text)<br></div>"
        let document = source.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                read(bytes.baseAddress, Int32(clamping: bytes.count), nil, "UTF-8", Self.options)
            }
        }
        guard let document, let reader = walk(document) else { return nil }
        defer {
            endWalk(reader)
            endDocument(document)
        }
        let pieces = pieces(reader)
        let end: [Piece] = [.open("br", []), .close, .close]
        guard pieces.first == .open("div", []), pieces.count >= 4, Array(pieces.suffix(3)) == end else { return nil }
        return Array(pieces.dropFirst().dropLast(3))
    }

    private func pieces(_ reader: OpaquePointer) -> [Piece] {
        var pieces: [Piece] = []
        while next(reader) == 1 {
            switch kind(reader) {
            case 1:
                let isEmpty = isEmpty(reader) == 1
                pieces.append(.open(text(name(reader)), attributes(reader)))
                if isEmpty { pieces.append(.close) }
            case 3, 13, 14: pieces.append(.text(text(value(reader))))
            case 15: pieces.append(.close)
            default: pieces.append(.other)
            }
        }
        return pieces
    }

    private func attributes(_ reader: OpaquePointer) -> [(name: String, value: String)] {
        var attributes: [(name: String, value: String)] = []
        while nextAttribute(reader) == 1 { attributes.append((text(name(reader)), text(value(reader)))) }
        _ = backToElement(reader)
        return attributes
    }

    private func text(_ pointer: Text?) -> String { pointer.map { String(cString: $0) } ?? "" }
}
