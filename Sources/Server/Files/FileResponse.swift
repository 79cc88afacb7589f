import Basics
import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import Resources

extension RequestContext {
    /// A file's answer as it was asked for: nothing where the client has it, or the stretch it wants (RFC 9110, 13 and 14).
    func ranged(_ answer: Answer) -> Answer {
        guard let file = answer.file, answer.status == 200 else { return answer }
        var answer = answer
        if EntityTag.matches(request.headers[.ifNoneMatch], file.tag) {
            answer.status = 304
            return answer
        }
        let condition = request.headers[.ifRange]
        guard let wish = request.headers[.range], condition == nil || condition == file.tag else { return answer }
        switch ByteRange(wish, of: file.file.size) {
        case .whole: break
        case .part(let range):
            answer.status = 206
            answer.file = file.limited(to: range)
            answer.headers.append(
                ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.file.size)"))
        case .nothing:
            var problem = Problem(.rangeNotSatisfiable, "range", "The file has \(file.file.size) bytes.")
            problem.headers = [("Content-Range", "bytes */\(file.file.size)")]
            return door.answer(problem, self)
        }
        return answer
    }

    /// Head and body of an answer that is a file. It never changes under its address, so it may be kept for ever.
    func response(_ answer: Answer, _ file: FileBody) -> (head: HTTPResponse, body: ResponseBody, length: Int) {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        describe(&fields)
        fields[.eTag] = file.tag
        fields[.vary] = nil
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: fields)
        guard answer.status != 304 else { return (head, ResponseBody(), 0) }
        let length = file.range.count
        var whole = head
        whole.headerFields[.contentType] = answer.contentType
        whole.headerFields[.contentLength] = String(length)
        whole.headerFields[.acceptRanges] = "bytes"
        return (whole, file.body, length)
    }
}

/// What a `Range` header asks for.
enum ByteRange: Equatable {
    /// Nothing we can do in parts: the whole file is a right answer.
    case whole
    case part(Range<Int64>)
    case nothing

    /// Reads one range of bytes. Several at once are answered whole, which keeps a client from asking for a thousand.
    init(_ header: String, of size: Int64) {
        self = .whole
        guard header.hasPrefix("bytes=") else { return }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return }
        let numbers = ends.map { WholeNumber(count: String($0))?.int64 }
        switch (numbers[0], numbers[1]) {
        case (let first?, let last?) where first >= 0 && first <= last:
            self = first < size ? .part(first..<min(last, size - 1) + 1) : .nothing
        case (let first?, nil) where first >= 0 && ends[1].isEmpty:
            self = first < size ? .part(first..<size) : .nothing
        case (nil, let count?) where ends[0].isEmpty && count >= 0:
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .nothing
        default: break
        }
    }
}

extension FileBody {
    /// Large enough that the disk is asked seldom, small enough that a thousand clients fit into memory.
    private static let chunkBytes: Int64 = 32 * 1024

    /// The bytes, read as fast as the client takes them.
    var body: ResponseBody {
        let (file, range) = (file, range)
        return ResponseBody(contentLength: range.count) { writer in
            var at = range.lowerBound
            while at < range.upperBound {
                let start = at
                let count = Int(min(Self.chunkBytes, range.upperBound - at))
                let chunk = try await NIOThreadPool.singleton.runIfActive { try file.read(count, at: start) }
                at += Int64(chunk.readableBytes)
                try await writer.write(chunk)
            }
            try await writer.finish(nil)
        }
    }
}

extension OpenedFile {
    /// The file is shorter than it was when it was opened.
    private struct Shorter: Error {}

    fileprivate func read(_ count: Int, at offset: Int64) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            max(0, pread(descriptor, space.baseAddress, count, off_t(offset)))
        }
        guard got > 0 else { throw Shorter() }
        return buffer
    }
}
