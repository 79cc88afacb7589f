/// What clients may do with a resource through its five plain routes.
package enum Verb: Sendable, CaseIterable {
    case list, read, create, update, delete
}
