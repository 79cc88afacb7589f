/// Several values in one cell: what stands between them can be meant as text with a backslash before it.
struct CellList {
    let separator: Character

    /// `Nike, Adidas\, Inc` is two values where a comma separates. Values are trimmed, empty ones left out.
    func values(_ cell: String) -> [String] {
        split(cell).map(\.trimmed).filter { !$0.isEmpty }
    }

    private func split(_ cell: String) -> [String] {
        var values: [String] = []
        var value = ""
        var isEscaped = false
        for character in cell {
            if isEscaped {
                // A backslash before anything else is a backslash.
                if character != separator, character != "\\" { value.append("\\") }
                value.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == separator {
                values.append(value)
                value = ""
            } else {
                value.append(character)
            }
        }
        if isEscaped { value.append("\\") }
        return values + [value]
    }

    /// The cell that reads as these values.
    func cell(_ values: [String]) -> String {
        values.map { value in
            value.reduce(into: "") { text, character in
                if character == separator || character == "\\" { text.append("\\") }
                text.append(character)
            }
        }.joined(separator: " \(separator) ")
    }
}
