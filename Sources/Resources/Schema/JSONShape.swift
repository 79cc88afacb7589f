/// What a JSON field may hold.
package enum JSONShape: Sendable {
    case ids, list, texts, object, any
    /// An `Actor`, as it is shown.
    case actor
}
