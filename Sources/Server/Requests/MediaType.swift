import NIOCore

/// `multipart/form-data; boundary=x`, taken apart.
struct MediaType {
    let name: String
    let boundary: String?

    init(_ text: String) {
        let parts = text.split(separator: ";")
        name = (parts.first ?? "").filter { $0 != " " }.lowercased()
        let parameter = parts.dropFirst().map { $0.drop { $0 == " " } }.first { $0.lowercased().hasPrefix("boundary=") }
        let value = parameter?.dropFirst("boundary=".count).filter { $0 != "\"" }
        boundary = value.flatMap { (1...70).contains($0.utf8.count) ? String($0) : nil }
    }
}
