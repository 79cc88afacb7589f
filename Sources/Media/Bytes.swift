import Glibc

/// A stretch of bytes that is read with every index checked: what lies outside is nil.
struct Bytes {
    private let buffer: UnsafeRawBufferPointer

    init(_ buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
    }

    var count: Int { buffer.count }

    func byte(_ at: Int) -> Int? {
        at >= 0 && at < count ? Int(buffer[at]) : nil
    }

    /// A number of up to four bytes.
    func number(_ at: Int, _ size: Int, bigEndian: Bool = true) -> Int? {
        guard at >= 0, size <= count, at <= count - size else { return nil }
        return (0..<size).reduce(0) { sum, place in
            sum << 8 | Int(buffer[bigEndian ? at + place : at + size - 1 - place])
        }
    }

    /// Four bytes that name something.
    func name(_ at: Int) -> String? {
        guard at >= 0, count >= 4, at <= count - 4 else { return nil }
        return String(decoding: buffer[at..<at + 4], as: UTF8.self)
    }

    func starts(with bytes: [UInt8], at: Int = 0) -> Bool {
        at >= 0 && bytes.count <= count && at <= count - bytes.count
            && buffer[at..<at + bytes.count].elementsEqual(bytes)
    }

    /// Where a byte is next.
    func first(_ byte: UInt8, from: Int) -> Int? {
        guard from >= 0, from < count, let base = buffer.baseAddress,
            let found = memchr(base + from, Int32(byte), count - from)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// A stretch of so many bytes.
    func part(_ at: Int, _ size: Int) -> UnsafeRawBufferPointer? {
        guard at >= 0, size >= 0, size <= count, at <= count - size else { return nil }
        return UnsafeRawBufferPointer(rebasing: buffer[at..<at + size])
    }

    func prefix(_ end: Int) -> Bytes { Bytes(UnsafeRawBufferPointer(rebasing: buffer[..<min(max(0, end), count)])) }
}
