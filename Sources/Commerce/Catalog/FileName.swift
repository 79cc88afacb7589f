import Basics
import Resources

/// The name a client gives a file: shown and never used to store it, but a path in it is meant badly.
enum FileName {
    private static let lengthMax = 255

    static func faults(_ value: JSON, at pointer: String) -> [Problem.FieldError] {
        if value == .null { return [] }
        guard case .string(let name) = value, isPlain(name) else {
            return [.init(pointer, "filename", "must be a plain file name such as manual.pdf")]
        }
        return []
    }

    private static func isPlain(_ name: String) -> Bool {
        guard (1...lengthMax).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar != "/" && scalar != "\\" && scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
                && ![0x2028, 0x2029, 0x202E, 0x202D].contains(scalar.value)
        }
    }
}
