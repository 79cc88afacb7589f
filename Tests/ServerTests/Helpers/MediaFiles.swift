import Basics
import Foundation
import Media
import Resources
import Support
import Testing

extension TestShop {
    /// What is on the disk of this shop's files, and of uploads that have not ended.
    var filesOnDisk: [String] {
        files(in: "\(server.media.path)/\(id)").filter { $0.hasSuffix("original") }
    }

    /// Everything below a folder of the media folder.
    func files(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    /// Sends bytes as they are.
    func upload(
        _ path: String, _ bytes: [UInt8], type: String = "application/octet-stream", headers: [String: String] = [:]
    ) async throws -> Reply {
        var all = ["Content-Type": type]
        all.merge(headers) { _, new in new }
        return try await self.bytes("POST", "/REST/" + path, bytes, headers: all)
    }

    /// What the public gets from an absolute address of ours.
    func fetch(_ url: JSON, method: String = "GET", headers: [String: String] = [:]) async throws -> Reply {
        #expect(url.text.hasPrefix(TestServer.publicURL + "/"), "\(url.text)")
        return try await anonymous(
            method, String(url.text.dropFirst(TestServer.publicURL.count)), headers: headers)
    }
}

extension String {
    /// A multipart form: fields, and one file with whatever name it is given.
    static func form(_ fields: [(String, String)], file: [UInt8], named name: String) -> (type: String, body: [UInt8]) {
        let boundary = "----ButikTest7MA4YWxk"
        var body: [UInt8] = []
        for (field, value) in fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n".utf8
        }
        body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n".utf8
        body += Array("Content-Type: image/png\r\n\r\n".utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8)
        return ("multipart/form-data; boundary=\(boundary)", body)
    }
}
