/// How lines look: JSON for machines, text for people.
package enum LogFormat: String, Sendable, CaseIterable {
    case json, text
}
