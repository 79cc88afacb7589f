import Persistence

/// The values of one statement laid out as libpq wants them. Kept and filled again, so that it rarely allocates.
struct ParameterBuffer {
    /// One array per argument of libpq's sending functions.
    typealias Arguments = (
        values: UnsafePointer<UnsafePointer<CChar>?>?, lengths: UnsafePointer<Int32>?, formats: UnsafePointer<Int32>?
    )

    private static let nullMark = -1
    /// A buffer that grew beyond this for one long text is given back.
    private static let keptBytes = 65_536

    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    mutating func withArguments<T>(_ values: [SQLValue], _ body: (Arguments) -> T) -> T {
        fill(values)
        defer { if bytes.count > Self.keptBytes { bytes = [] } }
        return bytes.withUnsafeBytes { buffer in
            for offset in offsets {
                let start = offset == Self.nullMark ? nil : buffer.baseAddress?.advanced(by: offset)
                pointers.append(start?.assumingMemoryBound(to: CChar.self))
            }
            return pointers.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body((values.baseAddress, lengths.baseAddress, formats.baseAddress))
                    }
                }
            }
        }
    }

    private mutating func fill(_ values: [SQLValue]) {
        pointers.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        // Never empty, so that an empty text has an address and is not taken for null.
        bytes.append(0)
        for value in values { append(value) }
        // Everything goes in binary, so this array only ever grows.
        while formats.count < values.count { formats.append(1) }
    }

    private mutating func append(_ value: SQLValue) {
        let start = bytes.count
        switch value {
        case .null:
            offsets.append(Self.nullMark)
            return lengths.append(0)
        case .integer(let integer):
            withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
        case .text(let text):
            bytes.append(contentsOf: text.utf8)
        }
        offsets.append(start)
        lengths.append(Int32(clamping: bytes.count - start))
    }
}
