/// Reads a file record by record, so that memory does not grow with it.
package protocol RecordReader {
    /// What the format calls a member of the body, for those who look for a fault in their file.
    var columns: [String: String] { get }
    /// What it calls a member of a variant, where variants have rows of their own.
    var variantColumns: [String: String] { get }

    /// The next record, or why it cannot be read; nil at the end. Throws where the rest of the file is of no use either.
    mutating func next() throws -> Result<ImportRecord, ImportFault>?
}

extension RecordReader {
    package var columns: [String: String] { [:] }
    package var variantColumns: [String: String] { [:] }
}
