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
