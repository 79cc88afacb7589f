import Basics
import Outbound
import Persistence
import Resources

/// Reads one row of a body and does what it says to a list of pictures.
struct ImageRow {
    private static let weights: ClosedRange<Int64> = -1_000_000_000...1_000_000_000

    private let row: JSON
    private let pointer: String
    /// What owns the image, for people.
    private let owner: String
    private let tx: Transaction
    private(set) var errors: [Problem.FieldError] = []

    init(_ row: JSON, at pointer: String, of owner: String, _ tx: Transaction) {
        self.row = row
        self.pointer = pointer
        self.owner = owner
        self.tx = tx
    }

    mutating func apply(
        to pictures: inout [Images.Picture], _ outcome: inout Images.Outcome, isStrict: Bool
    ) throws {
        guard case .object(let object) = row else { return report("", "type", "must be an object") }
        var reader = MemberReader(object, at: pointer, tx.tenant)
        let id = reader.integer("image_id", 1...Int64.max)
        let removes = reader.integer("remove", 0...1) == 1
        errors += reader.errors
        guard reader.errors.isEmpty else { return }
        if let name = object["filename"] { errors += FileName.faults(name, at: pointer + "/filename") }
        if let id {
            guard let index = pictures.firstIndex(where: { $0.id == id }) else {
                // It is gone already, which is what was wanted; existing clients need 200.
                if removes, !isStrict { return }
                return report("/image_id", "unknown_image", "names no image of this \(owner)")
            }
            if removes {
                outcome.removed.append(id)
                outcome.changed.removeAll { $0.id == id }
                pictures.remove(at: index)
            } else if describe(&pictures[index], object) {
                outcome.changed.removeAll { $0.id == id }
                outcome.changed.append(pictures[index])
            }
        } else if !removes {
            guard let (file, source) = content(object) else { return }
            var picture = Images.Picture(
                id: errors.isEmpty ? try tx.db.newID("images_seq") : 0,
                weight: Weight.next(after: pictures.map(\.weight).max() ?? 0, in: Self.weights), variantName: nil,
                description: "", file: file, sourceURL: source)
            _ = describe(&picture, object)
            pictures.append(picture)
            outcome.added.append(picture)
        }
    }

    /// Fills in what the row says beside the bytes, and answers whether that changed anything.
    private mutating func describe(_ picture: inout Images.Picture, _ object: JSONObject) -> Bool {
        let old = picture
        var reader = MemberReader(object, at: pointer, tx.tenant)
        if let weight = reader.integer("weight", Self.weights) { picture.weight = weight }
        if object["description"] != nil { picture.description = reader.text("description", 1000) ?? "" }
        if object["variant_name"] != nil { picture.variantName = reader.key("variant_name", 255) }
        errors += reader.errors
        return picture != old || !picture.isWritten(as: old)
    }

    /// The bytes, or the address where they are.
    private mutating func content(_ object: JSONObject) -> (Upload?, String?)? {
        do throws(FieldFault) {
            if let upload = try object.upload(in: tx) { return (upload, nil) }
        } catch {
            report(object["data"] == nil ? "/url" : "/data", error.code, error.message)
            return nil
        }
        guard case .string(let address) = object["url"] ?? .null, !address.isEmpty else {
            report("/data", "required", "is required: the image as base64, or its address as url")
            return nil
        }
        do throws(OutboundURL.Refused) {
            _ = try OutboundURL(address)
            return (nil, address)
        } catch {
            report("/url", "url", error.description)
            return nil
        }
    }

    private mutating func report(_ member: String, _ code: String, _ message: String) {
        errors.append(.init(pointer + member, code, message))
    }
}
