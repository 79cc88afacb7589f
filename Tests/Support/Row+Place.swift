package import Persistence

extension Row {
    /// The text at a place, for answers whose columns have no name of ours, such as plans; nil where there is none.
    package func text(at place: Int) -> String? {
        if case .text(let text) = cell(at: place) { text } else { nil }
    }
}
