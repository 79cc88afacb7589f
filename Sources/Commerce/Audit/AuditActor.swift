import Basics
import Persistence
import Resources

/// An actor as the filter of the audit names one: by kind and id, a job by its name, or all of a kind.
struct AuditActor {
    private let kind: Actor.Kind
    /// What stands behind the kind; nil for all of it.
    private let which: String?

    init(_ text: String) throws(FieldFault) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let which = parts.dropFirst().first
        guard let first = parts.first, let kind = Actor.Kind(rawValue: first),
            which.map({ kind == .job || WholeNumber(strict: $0) != nil }) ?? true
        else {
            let kinds = Actor.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw FieldFault("actor", "must be like token:5 or job:command, or one of \(kinds)")
        }
        (self.kind, self.which) = (kind, which)
    }

    /// Texts of actors begin with what is looked for, so that an index finds them.
    var condition: SQL {
        if kind == .job, let which { return "actor = \(Actor.job(which).text)" }
        let start = #"{"type":"\#(kind.rawValue)""# + (which.map { #","id":\#($0)"# } ?? "")
        // `-` is what comes after `,`.
        return "actor >= \(start + ",") AND actor < \(start + "-")"
    }
}
