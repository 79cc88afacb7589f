/// A record that was not imported, or a part that it was imported without, and why.
package struct ImportFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let place: ImportPlace
    package let column: String
    package let reason: String
    package var ownID = ""

    package init(_ place: ImportPlace, column: String = "", _ reason: String) {
        self.place = place
        self.column = column
        self.reason = reason
    }

    package var description: String {
        let isPlain = place.record + place.header == place.line
        let name = isPlain ? "record \(place.record)" : "record \(place.record) (line \(place.line))"
        return column.isEmpty ? "\(name): \(reason)" : "\(name), column \(column): \(reason)"
    }
}
