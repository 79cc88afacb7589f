/// What a file is, by its content.
package enum FileType: String, Sendable, CaseIterable {
    case jpeg, png, gif, webp, avif, pdf

    package var contentType: String { self == .pdf ? "application/pdf" : "image/" + rawValue }

    package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    package init?(contentType: String) {
        guard let type = Self.allCases.first(where: { $0.contentType == contentType }) else { return nil }
        self = type
    }
}

/// What kind of file a member of a body may carry.
package enum UploadKind: Sendable {
    case image, document
}

/// A member of a body whose rows carry files as base64 in `data`, or images as an address in `url`.
package struct UploadMember: Sendable {
    package let name: String
    package let kind: UploadKind

    package init(_ name: String, _ kind: UploadKind) {
        self.name = name
        self.kind = kind
    }
}

/// A file that came with a request: looked at, and in the media folder, before the transaction begins.
package struct Upload: Sendable, Equatable {
    package let sha256: String
    package let bytes: Int64
    package let type: FileType
    /// 0 for what is no image.
    package let width: Int64
    package let height: Int64

    package init(sha256: String, bytes: Int64, type: FileType, width: Int64, height: Int64) {
        self.sha256 = sha256
        self.bytes = bytes
        self.type = type
        self.width = width
        self.height = height
    }
}

/// The files of one request. In the body a key stands where the bytes stood; it is made up anew each time, so that no client
/// can name a file that it did not send.
package struct Uploads: Sendable {
    private var results: [String: Result<Upload, FieldFault>] = [:]

    package init() {}

    /// Takes in a file, or why it was refused, and answers the key to put into the body.
    package mutating func add(_ result: Result<Upload, FieldFault>) -> String {
        let key = "upload:" + String(UInt64.random(in: .min ... .max), radix: 36) + "-\(results.count)"
        results[key] = result
        return key
    }

    /// The file under a key; nil where there is none.
    package func file(_ key: String) throws(FieldFault) -> Upload? {
        try results[key]?.get()
    }
}
