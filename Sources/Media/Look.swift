import Resources

/// What a file that comes in was found to be, and where it lies until it is kept.
struct Look: Sendable {
    let upload: Upload
    /// Nil for a document.
    let header: ImageHeader?
    let file: TemporaryFile

    /// Judges bytes by themselves.
    /// - Parameter file: puts what was not refused into a file.
    static func at(
        _ buffer: UnsafeRawBufferPointer, _ kind: UploadKind, in file: () throws -> TemporaryFile
    ) throws -> Result<Look, FieldFault> {
        let header: ImageHeader?
        do throws(FieldFault) {
            header = try judge(buffer, kind)
        } catch {
            return .failure(error)
        }
        let upload = Upload(
            sha256: MediaFolder.hash(buffer), bytes: Int64(buffer.count), type: header?.type ?? .pdf,
            width: Int64(header?.width ?? 0), height: Int64(header?.height ?? 0))
        return .success(Look(upload: upload, header: header, file: try file()))
    }

    private static func judge(
        _ buffer: UnsafeRawBufferPointer, _ kind: UploadKind
    ) throws(FieldFault) -> ImageHeader? {
        guard buffer.count <= FileLimits.bytesMax else {
            throw FieldFault("too_large", "is larger than \(FileLimits.bytesMax / 1_048_576) MB")
        }
        guard buffer.count > 0 else { throw FieldFault("empty", "has no bytes") }
        switch kind {
        case .image: return try ImageHeader.read(buffer)
        case .document:
            try DocumentHeader.check(buffer)
            return nil
        }
    }
}
