import Basics

extension Modifier.Kind {
    /// Decimals that PHP's floating point has, and more.
    private static let decimalsMax = 20

    /// A value as the modifier makes it. A list goes through unchanged; it shows nothing.
    func change(_ value: JSON, _ arguments: [JSON], zone: Zone) -> JSON {
        switch self {
        case .default: return value == .null || value == "" ? arguments.first ?? .null : value
        case .date_format: return .string(DateFormat.format(value, arguments, zone: zone))
        default: break
        }
        switch value {
        case .array, .object: return value
        default: return .string(change(value, arguments))
        }
    }

    private func change(_ value: JSON, _ arguments: [JSON]) -> String {
        let text = value.shown
        switch self {
        case .upper: return text.uppercased()
        case .lower: return text.lowercased()
        case .escape: return (arguments.first?.words.flatMap(Modifier.Escape.init) ?? .html).escape(text)
        case .truncate: return Truncation(arguments).apply(to: text)
        case .number_format:
            guard let number = text.isEmpty ? DecimalText("0") : value.decimal else { return text }
            return number.formatted(
                places: min(max(arguments.first?.count ?? 0, 0), Self.decimalsMax),
                point: arguments.dropFirst().first?.shown ?? ".",
                separator: arguments.dropFirst(2).first?.shown ?? ",")
        case .default, .date_format: return text
        }
    }
}

extension Modifier.Escape {
    /// A text that means nothing but itself there, and nothing in HTML around it.
    func escape(_ text: String) -> String {
        switch self {
        case .html, .htmlall: text.htmlEscaped
        case .url: PercentEncoding.text(text.utf8)
        case .javascript: javaScript(text)
        }
    }

    /// Within quotes of a script. What could end the script, its quotes or its line, and what HTML would read, is written by its number.
    private func javaScript(_ text: String) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x5C: bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0..<0x20, 0x22, 0x26, 0x27, 0x3C, 0x3E, 0x60, 0x7F:
                bytes += "\\x\(Hex.text([UInt8(truncatingIfNeeded: scalar.value)]))".utf8
            case 0x2028, 0x2029: bytes += "\\u\(Hex.text([0x20, UInt8(truncatingIfNeeded: scalar.value)]))".utf8
            default: bytes += Array(String(scalar).utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
