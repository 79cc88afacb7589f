import Resources

/// The one kind of document that is taken: PDF, which begins and ends with words of its own.
enum DocumentHeader {
    static func check(_ buffer: UnsafeRawBufferPointer) throws(FieldFault) {
        guard buffer.starts(with: Array("%PDF-".utf8)) else {
            throw FieldFault("unknown_type", "is no PDF, whatever its name says")
        }
        let mark = Array("%%EOF".utf8)
        let tail = buffer.suffix(2048)
        guard tail.indices.contains(where: { tail[$0...].starts(with: mark) }) else { throw .truncated }
    }
}
