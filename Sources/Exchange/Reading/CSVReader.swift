/// Reads comma separated values (RFC 4180) piece by piece: quoted fields, doubled quotes, line breaks inside quotes. It is
/// our own because a row's fault must name its physical line, and a file may be larger than memory.
package struct CSVReader {
    package struct Record: Sendable, Equatable {
        /// 1 for the first record behind the header.
        package let number: Int
        /// Where the record begins in the file.
        package let line: Int
        package let fields: [String]
    }

    /// Why a record cannot be read. The next one can be asked for.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package var record = 0
        package let line: Int
        package let reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    /// Longer than any real cell; a stray quote must not swallow a whole file.
    private static let fieldBytesMax = 1_048_576

    private let read: () throws -> [UInt8]?
    private var buffer: [UInt8] = []
    private var position = 0
    private var line = 1
    private var records = 0
    private var hasBegun = false
    /// Spreadsheets of countries that write 1,5 put semicolons between fields.
    private var separator = UInt8(ascii: ",")
    /// Whether semicolons stand between fields, so that commas may be decimal points; known once the header was read.
    package var hasSemicolons: Bool { separator == UInt8(ascii: ";") }

    /// - Parameter read: the next piece of the file, nil at its end.
    package init(_ read: @escaping () throws -> [UInt8]?) {
        self.read = read
    }

    /// The next record, or nil at the end. Empty lines are passed over. The header comes first, as number 0.
    package mutating func next() throws -> Record? {
        if !hasBegun { try skipMark() }
        while true {
            guard try peek() != nil else { return nil }
            let start = line
            let fields: [String]
            do {
                fields = try self.fields()
            } catch var failure as Failure {
                failure.record = records
                records += 1
                try skipLine()
                throw failure
            }
            if fields == [""] { continue }
            defer { records += 1 }
            return Record(number: records, line: start, fields: fields)
        }
    }

    /// Spreadsheets put a byte order mark in front of the header.
    private mutating func skipMark() throws {
        hasBegun = true
        var head: [UInt8] = []
        while head.count < 3, let byte = try take() { head.append(byte) }
        if head != [0xEF, 0xBB, 0xBF] {
            buffer = head + buffer.dropFirst(position)
            position = 0
        }
        let header = buffer[position...].prefix { $0 != 10 && $0 != 13 }
        if header.contains(UInt8(ascii: ";")), !header.contains(separator) { separator = UInt8(ascii: ";") }
    }

    /// Goes on behind the line that could not be read.
    private mutating func skipLine() throws {
        while let byte = try take() {
            guard byte == 10 else { continue }
            line += 1
            return
        }
    }

    private mutating func fields() throws -> [String] {
        var fields: [String] = []
        while true {
            fields.append(try field())
            switch try take() {
            case separator: continue
            case UInt8(ascii: "\r"):
                if try peek() == UInt8(ascii: "\n") { _ = try take() }
                line += 1
                return fields
            case UInt8(ascii: "\n"):
                line += 1
                return fields
            case nil: return fields
            default: throw Failure(line: line, reason: "text stands behind a closing quote")
            }
        }
    }

    private mutating func field() throws -> String {
        var bytes: [UInt8] = []
        if try peek() == UInt8(ascii: "\"") {
            try quoted(into: &bytes)
        } else {
            while let byte = try peek(), byte != separator, byte != 10, byte != 13 {
                bytes.append(byte)
                position += 1
                if bytes.count > Self.fieldBytesMax { throw tooLong(since: line) }
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Failure(line: line, reason: "is not UTF-8 text")
        }
        return text
    }

    private mutating func quoted(into bytes: inout [UInt8]) throws {
        let start = line
        _ = try take()
        while true {
            guard let byte = try take() else { throw Failure(line: start, reason: "a quote is never closed") }
            if byte == UInt8(ascii: "\"") {
                guard try peek() == UInt8(ascii: "\"") else { return }
                _ = try take()
            }
            if byte == 10 { line += 1 }
            bytes.append(byte)
            if bytes.count > Self.fieldBytesMax { throw tooLong(since: start) }
        }
    }

    private func tooLong(since line: Int) -> Failure {
        Failure(line: line, reason: "a field has more than \(Self.fieldBytesMax) bytes, or its quote is never closed")
    }

    private mutating func peek() throws -> UInt8? {
        while position >= buffer.count {
            guard let piece = try read() else { return nil }
            buffer = piece
            position = 0
        }
        return buffer[position]
    }

    private mutating func take() throws -> UInt8? {
        let byte = try peek()
        if byte != nil { position += 1 }
        return byte
    }
}
