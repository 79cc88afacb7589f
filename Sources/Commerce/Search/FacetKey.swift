/// One thing to choose products by, such as a brand, as `search_documents.facets` spells it.
enum FacetKey: Sendable, Equatable {
    case brand(Int64)
    case category(Int64)
    case label(Int64)
    /// A value of an attribute: its id where it comes from a list, else itself.
    case attribute(Int64, String)
    /// What an attribute of free text says, by its hash.
    case text(Int64, String)

    init?(_ text: String) {
        if let border = text.firstIndex(where: { $0 == ":" || $0 == "=" || $0 == "~" }) {
            guard let attribute = Int64(text[..<border]) else { return nil }
            let value = String(text[text.index(after: border)...])
            self = text[border] == "~" ? .text(attribute, value) : .attribute(attribute, value)
            return
        }
        guard let kind = text.first, let id = Int64(text.dropFirst()) else { return nil }
        switch kind {
        case "b": self = .brand(id)
        case "c": self = .category(id)
        case "l": self = .label(id)
        default: return nil
        }
    }
}
