package import Basics

/// What names a row in a path or in a batch.
package enum RowAddress: Sendable, Hashable {
    case id(Int64)
    /// The key the shop gave it, so that an ERP needs none of ours.
    case own(ExactText)

    /// Reads `17` or `own_id:ABC-1`; nil for what names nothing.
    package init?(_ text: String, of info: ResourceInfo) {
        if let key = info.ownKey, text.utf8.starts(with: "\(key):".utf8) {
            let own = String(Substring(text.utf8.dropFirst(key.utf8.count + 1))).asKey
            guard !own.isEmpty, !own.utf8.contains(0) else { return nil }
            self = .own(ExactText(own))
        } else {
            guard let id = WholeNumber(strict: text)?.int64, id > 0 else { return nil }
            self = .id(id)
        }
    }
}
