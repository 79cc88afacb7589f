import Basics
import Media
import NIOCore
import Outbound
import Resources

/// Takes the files out of a request before its transaction begins: they are looked at and written to the media folder, and in
/// the body a key stands where the bytes stood. What was refused has a key too, so that it is told in its place.
struct UploadReader {
    private let library: MediaLibrary
    private let policy: OutboundPolicy
    private let shop: Int64
    private let isDryRun: Bool
    private(set) var uploads = Uploads()

    /// More than a batch of usual products carries; what is beyond is not even written.
    private static let filesMax = 500
    private var filesKept = 0

    /// What multipart adds around a file.
    private static let envelopeBytes = 65_536

    init(_ library: MediaLibrary, _ policy: OutboundPolicy, shop: Int64, isDryRun: Bool) {
        self.library = library
        self.policy = policy
        self.shop = shop
        self.isDryRun = isDryRun
    }

    // MARK: In JSON

    /// The body with keys in the place of files.
    mutating func taken(from body: JSON?, _ endpoint: Endpoint) async throws -> JSON? {
        guard case .array(let rows) = body else { return try await taken(from: body, endpoint.uploads) }
        var changed: [JSON] = []
        changed.reserveCapacity(rows.count)
        for row in rows {
            guard case .object(let object) = row, let inner = object["body"] else {
                changed.append(row)
                continue
            }
            changed.append(.object(object.setting("body", try await taken(from: inner, endpoint.uploads) ?? .null)))
        }
        return .array(changed)
    }

    private mutating func taken(from body: JSON?, _ members: [UploadMember]) async throws -> JSON? {
        guard case .object(var object) = body else { return body }
        for member in members {
            if member.name.isEmpty {
                return .object(try await taken(from: object, member.kind))
            }
            switch object[member.name] {
            case .object(let row):
                object = object.setting(member.name, .object(try await taken(from: row, member.kind)))
            case .array(let rows):
                var changed: [JSON] = []
                for row in rows {
                    guard case .object(let inner) = row else {
                        changed.append(row)
                        continue
                    }
                    changed.append(.object(try await taken(from: inner, member.kind)))
                }
                object = object.setting(member.name, .array(changed))
            default: break
            }
        }
        return .object(object)
    }

    /// One row: its `data` becomes a key, and so does a `url` that may not be called.
    private mutating func taken(from row: JSONObject, _ kind: UploadKind) async throws -> JSONObject {
        if case .string(let text) = row["data"] ?? .null, !text.isEmpty {
            filesKept += 1
            guard filesKept <= Self.filesMax else {
                let fault = FieldFault("too_many", "is beyond the \(Self.filesMax) files that one request may carry")
                return row.setting("data", .string(uploads.add(.failure(fault))))
            }
            let result = try await library.keep(base64: text, as: kind, shop: shop, isDryRun: isDryRun)
            return row.setting("data", .string(uploads.add(result)))
        }
        // A row with an id is one that we have shown, address and all.
        guard kind == .image, case .string(let text) = row["url"] ?? .null, !text.isEmpty, !row.names("image_id") else {
            return row
        }
        do throws(OutboundURL.Refused) {
            try policy.check(OutboundURL(text))
            return row
        } catch {
            return row.setting("url", .string(uploads.add(.failure(FieldFault("url", error.description)))))
        }
    }

    // MARK: As it is

    /// A file as the body itself, or as multipart/form-data with members of the row beside it.
    /// - Returns: the row as a body, and what tells this request from another under the same idempotency key.
    mutating func file(
        _ kind: UploadKind, _ context: RequestContext, type: String, _ query: Query
    ) async throws -> (body: JSON, fingerprint: [UInt8]) {
        let media = MediaType(type)
        let isForm = media.name == "multipart/form-data"
        guard isForm || media.name.hasPrefix("image/") || Self.plainTypes.contains(media.name) else {
            throw Problem(
                .unsupportedType, "unsupported_type",
                "Send the file as it is, as multipart/form-data, or as JSON with its base64 in data.")
        }
        // Written to a file as it comes, so that a large one takes no memory.
        let file = try await library.temporaryFile()
        try await RequestBodyReader.read(context, atMost: FileLimits.bytesMax + (isForm ? Self.envelopeBytes : 0)) {
            try await library.append(Array($0.readableBytesView), to: file)
        }
        var row = JSONObject(query.items.filter { $0.name != "data" && $0.name != "url" }.firstOfEachName)
        var range: Range<Int>?
        if isForm {
            guard let boundary = media.boundary else { throw Self.noForm }
            let form = try await library.read(file) { Multipart.read($0, boundary: boundary) }
            guard let form, let content = form.file else { throw Self.noForm }
            range = content
            for field in form.fields { row = row.setting(field.name, .string(field.value)) }
        }
        let result = try await library.keep(file, range, as: kind, shop: shop, isDryRun: isDryRun)
        let hash = if case .success(let upload) = result { upload.sha256 } else { "" }
        let fingerprint = Array((JSON.object(row).serialized + hash).utf8)
        return (.object(row.setting("data", .string(uploads.add(result)))), fingerprint)
    }

    private static let plainTypes: Set<String> = ["application/octet-stream", "application/pdf"]

    static var noForm: Problem {
        .malformed("multipart", "The body is not valid multipart/form-data with one file in it.")
    }
}

extension JSONObject {
    /// Whether a member says anything: null and the empty text are read as nothing.
    fileprivate func names(_ name: String) -> Bool {
        let value = self[name] ?? .null
        return value != .null && value != .string("")
    }
}

extension [Query.Item] {
    fileprivate var firstOfEachName: [JSONObject.Member] {
        reduce(into: []) { members, item in
            if !members.contains(where: { $0.name == item.name }) {
                members.append(.init(item.name, .string(item.value)))
            }
        }
    }
}
