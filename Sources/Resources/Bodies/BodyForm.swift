package import Basics

/// What a body's member looks like, without its Swift type.
package indirect enum BodyForm: Sendable {
    /// One value, by the rules of its field.
    case value
    case object(BodyInfo)
    case list(BodyForm)
    /// One of it, or a list of such.
    case oneOrMany(BodyForm)
    /// Read by hand; what the document says of it.
    case open(JSON)

    var isList: Bool {
        switch self {
        case .list, .oneOrMany: true
        case .value, .object, .open: false
        }
    }
}
