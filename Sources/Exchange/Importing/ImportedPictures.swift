import Basics
import Persistence
import Resources

/// The pictures that products have already, so that the same file does not add them a second time. A list of pictures says
/// all there are: those that it does not have go.
struct ImportedPictures {
    private struct Picture {
        let id: Int64
        /// Where it came from, and where it is here.
        let addresses: [String]
    }

    private var pictures: [Int64: [Picture]] = [:]

    init(of page: some Sequence<(ProductWrite, Int64?)>, in tx: Transaction) throws {
        let products = page.compactMap { write, id in write.hasPictures ? id : nil }
        guard !products.isEmpty else { return }
        let rows = try tx.db.rows(
            """
            SELECT owner_id, image_id, source_url, path FROM images WHERE webshop_id = \(tx.shop)
            AND owner = 'product' AND owner_id IN (\(SQL.paddedList(products.sorted())))
            ORDER BY owner_id, weight, image_id
            """)
        for row in rows {
            let path: String? = try row["path"]
            let addresses = [try row["source_url"], path.map { ExportedPicture.address(ofPath: $0, tx.tenant) }]
            pictures[try row["owner_id"], default: []].append(
                Picture(id: try row["image_id"], addresses: addresses.compactMap { $0 }))
        }
    }

    /// The body with the id in the place of the address of each picture the product has, and the end of those it does not
    /// name. What a file says badly, or only adds, is no reason to remove one.
    func known(in write: ProductWrite, of product: Int64) -> JSONObject {
        guard write.hasPictures, var left = pictures[product] else { return write.body }
        var rows = write.body.list("images").map { picture -> JSON in
            guard case .object(let object) = picture else { return picture }
            let id = object["image_id"]?.words.flatMap { WholeNumber(strict: $0)?.int64 }
            guard
                let index = left.firstIndex(where: { one in
                    id.map { $0 == one.id } ?? object["url"]?.words.map { one.addresses.contains($0) } ?? false
                })
            else { return picture }
            let known = left.remove(at: index).id
            return .object(
                JSONObject(
                    [.init("image_id", .number(JSONNumber(known)))] + object.without(["url", "image_id"]).members))
        }
        if !write.mustExist, !write.parts.lacks("images") {
            rows += left.map { ["image_id": .number(JSONNumber($0.id)), "remove": 1] }
        }
        return JSONObject(write.body.without(["images"]).members + [.init("images", .array(rows))])
    }
}

extension ProductWrite {
    fileprivate var hasPictures: Bool { if case .array = body["images"] { true } else { false } }
}
