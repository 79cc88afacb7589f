/// What happened to a row.
package enum Change: String, Sendable, CaseIterable {
    case created, updated, deleted
}
