/// A server's last answer, of as many lines as it has: `550-5.1.1 Nobody here`, `550 has that name` (RFC 5321, 4.2.1).
struct ServerWords {
    private static let bytesMax = 500

    private var bytes: [UInt8] = []
    private var goesOn = false

    mutating func add(_ line: UnsafeRawBufferPointer) {
        let line = line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        // What follows a failure is only the answer to our QUIT.
        guard line.count >= 3, !line.starts(with: "221".utf8) else { return }
        if goesOn {
            bytes += [UInt8(ascii: " ")] + line.dropFirst(4)
        } else {
            bytes = Array(line)
        }
        bytes = Array(bytes.prefix(Self.bytesMax))
        goesOn = line.dropFirst(3).first == UInt8(ascii: "-")
    }

    /// Without what no line of a log should have.
    var text: String { String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self) }
}
