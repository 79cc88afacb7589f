import Glibc

/// A form with one file in it (RFC 7578).
struct Multipart: Sendable {
    private static let partsMax = 20
    private static let headBytesMax = 4096
    private static let fieldBytesMax = 16_384

    private(set) var fields: [(name: String, value: String)] = []
    /// Where the file's bytes are.
    private(set) var file: Range<Int>?

    /// Nil for what is no form, or has more than one file.
    static func read(_ buffer: UnsafeRawBufferPointer, boundary: String) -> Multipart? {
        var form = Multipart()
        let mark = Array("--\(boundary)".utf8)
        guard var at = find(mark, in: buffer, from: 0).map({ $0 + mark.count }) else { return nil }
        for _ in 0..<partsMax {
            if starts(buffer, at, with: "--") { return form }
            guard starts(buffer, at, with: "\r\n"), let headEnd = find(Array("\r\n\r\n".utf8), in: buffer, from: at),
                headEnd - at <= headBytesMax,
                let end = find(Array("\r\n".utf8) + mark, in: buffer, from: headEnd + 2)
            else { return nil }
            // The line that ends an empty part may be the one that ends its head.
            let content = min(headEnd + 4, end)..<end
            let head = String(decoding: buffer[at..<headEnd], as: UTF8.self)
            guard form.add(head, content, buffer) else { return nil }
            at = end + 2 + mark.count
        }
        return nil
    }

    private mutating func add(_ head: String, _ content: Range<Int>, _ buffer: UnsafeRawBufferPointer) -> Bool {
        // "\r\n" is one Character, so lines are split on bytes.
        let lines = head.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }) else { return false }
        let parameters = Self.parameters(line)
        if let filename = parameters["filename"] {
            guard file == nil else { return false }
            file = content
            if !filename.isEmpty { fields.append(("filename", filename)) }
            return true
        }
        guard let name = parameters["name"], content.count <= Self.fieldBytesMax, name != "data", name != "url",
            !fields.contains(where: { $0.name == name }),
            let value = String(validating: buffer[content], as: UTF8.self), !value.utf8.contains(0)
        else { return false }
        fields.append((name, value))
        return true
    }

    /// `name="file"; filename="a.png"`, quoted or not. A backslash stays one: browsers do not escape with it.
    private static func parameters(_ line: String) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = line.utf8.drop { $0 != UInt8(ascii: ";") }
        while rest.first == UInt8(ascii: ";") {
            rest = rest.dropFirst().drop { $0 == UInt8(ascii: " ") }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            rest = rest.dropFirst(name.count + 1)
            let isQuoted = rest.first == UInt8(ascii: "\"")
            if isQuoted { rest = rest.dropFirst() }
            let value = rest.prefix { isQuoted ? $0 != UInt8(ascii: "\"") : $0 != UInt8(ascii: ";") && $0 > 0x20 }
            rest = rest.dropFirst(value.count).drop { $0 != UInt8(ascii: ";") }
            parameters[String(Substring(name)).lowercased()] = String(Substring(value))
        }
        return parameters
    }

    private static func starts(_ buffer: UnsafeRawBufferPointer, _ at: Int, with text: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return at + bytes.count <= buffer.count && buffer[at..<at + bytes.count].elementsEqual(bytes)
    }

    private static func find(_ needle: [UInt8], in buffer: UnsafeRawBufferPointer, from: Int) -> Int? {
        guard let first = needle.first, let base = buffer.baseAddress else { return nil }
        var at = from
        while at >= 0, at <= buffer.count - needle.count,
            let found = memchr(base + at, Int32(first), buffer.count - needle.count - at + 1)
        {
            at = UnsafeRawPointer(found) - base
            if buffer[at..<at + needle.count].elementsEqual(needle) { return at }
            at += 1
        }
        return nil
    }
}
