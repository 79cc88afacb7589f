/// Several values in one cell: what stands between them can be meant as text with a backslash before it.
struct CellList {
    let separator: Unicode.Scalar

    /// `Nike, Adidas\, Inc` is two values where a comma separates. Values are trimmed, empty ones left out.
    func values(_ cell: String) -> [String] {
        split(cell).map(\.trimmed).filter { !$0.isEmpty }
    }

    private func split(_ cell: String) -> [String] {
        var values: [String] = []
        var value = String.UnicodeScalarView()
        var isEscaped = false
        // By scalars: a separator is one too where an accent stands behind it.
        for scalar in cell.unicodeScalars {
            if isEscaped {
                // A backslash before anything else is a backslash.
                if scalar != separator, scalar != "\\" { value.append("\\") }
                value.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == separator {
                values.append(String(value))
                value = String.UnicodeScalarView()
            } else {
                value.append(scalar)
            }
        }
        if isEscaped { value.append("\\") }
        return values + [String(value)]
    }

    /// The cell that reads as these values.
    func cell(_ values: [String]) -> String {
        values.map { value in
            String(
                value.unicodeScalars.reduce(into: String.UnicodeScalarView()) { text, scalar in
                    if scalar == separator || scalar == "\\" { text.append("\\") }
                    text.append(scalar)
                })
        }.joined(separator: " \(separator) ")
    }
}
