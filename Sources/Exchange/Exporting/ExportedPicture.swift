import Basics
import Resources

/// A picture as it leaves the shop: without ids, and by an address that is the same wherever it goes next.
enum ExportedPicture {
    private static let members: Set<String> = ["weight", "variant_name", "description"]

    static func object(_ picture: JSONObject) -> JSONObject? {
        // Texts, because `nil` where a JSON is awaited is the value null.
        let here = picture["url"]?.words.map(largest)
        guard let address = picture["source_url"]?.words ?? here else { return nil }
        return JSONObject(
            [.init("url", .string(address))] + picture.members.filter { members.contains($0.name) && $0.value != .null }
        )
    }

    /// The address of a picture of this server, as the export gives it.
    static func address(ofPath path: String, _ tenant: Tenant) -> String {
        largest(tenant.url + path)
    }

    private static func largest(_ url: String) -> String {
        url.replacing("fit-1000x1000x90", with: "fit-2000x2000x100")
    }
}
