/// Where something stands in a file.
package struct ImportPlace: Sendable, Equatable {
    /// 1 for the first record behind the header.
    package let record: Int
    /// The physical line it begins on.
    package let line: Int
    /// Lines before the first record.
    package let header: Int

    package init(record: Int, line: Int, header: Int = 1) {
        self.record = record
        self.line = line
        self.header = header
    }
}
