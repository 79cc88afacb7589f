import Basics

/// The headers of an answer as libcurl hands them over, a line each. What comes before the real answer (RFC 9110, 15.2) is
/// forgotten when that begins.
struct AnswerHeaders {
    private static let bytesMax = 65_536

    private(set) var all: [(name: String, value: String)] = []
    private var bytes = 0

    mutating func add(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: "HTTP/".utf8) { all = [] }
        bytes += line.count
        guard bytes <= Self.bytesMax, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = String(decoding: line[line.index(after: colon)...], as: UTF8.self).trimmed
        all.append((String(decoding: line[..<colon], as: UTF8.self), value))
    }
}
