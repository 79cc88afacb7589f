import Basics
import Resources

/// The numbers of a file, which stand there as is usual where it was written: 129.50 or 129,50.
///
/// One sign with three digits behind it can mean two things: 1,800 is 1.8, or 1800. It is read as a decimal sign where the
/// other numbers of the file prove it to be one, and else handed on with a mark that no number has, so that it is refused
/// wherever it is meant to be a number. So are numbers with signs between thousands.
final class FileNumbers {
    /// A character for private use, which no file has in its numbers.
    private static let mark = "\u{E000}"
    private static let signs: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: ".")]

    private let source: ImportSource
    private let columns: [String]
    private lazy var sign = learned()

    /// - Parameter columns: those that have numbers.
    init(_ source: ImportSource, in columns: [String]) {
        self.source = source
        self.columns = columns
    }

    /// A cell as the wire has it: with a point before its decimals.
    /// - Parameter isPointSure: whether the format itself says that a point stands before decimals.
    func number(_ cell: String, isPointSure: Bool = false) -> String {
        switch Reading(cell) {
        case .plain: Self.hasExponent(cell) ? cell + Self.mark : cell
        case .decimals: Self.pointed(cell)
        case .either(let sign) where (isPointSure && sign == UInt8(ascii: ".")) || sign == self.sign: Self.pointed(cell)
        case .either, .grouped: cell + Self.mark
        }
    }

    /// Why a text that was handed on is no number, and what would be one; nil where it has no mark.
    static func fault(in text: String) -> String? {
        guard text.hasSuffix(mark) else { return nil }
        let cell = text.dropLast()
        if hasExponent(String(cell)) { return "\(cell) must be written out, without an exponent" }
        let pieces = cell.split { $0 == "," || $0 == "." }
        if pieces.count == 2 {
            let (whole, rest) = (pieces[0], pieces[1])
            return
                "\(cell) can be \(whole)\(rest) or \(whole).\(rest): write it without signs between thousands and with "
                + "other than three decimals, such as \(whole)\(rest).00 or \(whole).\(rest)0"
        }
        return "\(cell) has signs between thousands: write it without them, and with a point before its decimals"
    }

    /// `1E+05`, which a spreadsheet has made of something else, such as a barcode whose digits are lost.
    private static func hasExponent(_ cell: String) -> Bool {
        cell.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } && Decimals.scaled(cell.utf8, places: 4) != nil
    }

    /// `129,50`, `,5` and `12.` with a point that has digits on both sides.
    private static func pointed(_ cell: String) -> String {
        let isNegative = cell.hasPrefix("-")
        let parts = cell.dropFirst(isNegative ? 1 : 0).split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == "." })
        let (whole, decimals) = (parts.first ?? "", parts.last ?? "")
        return (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + (decimals.isEmpty ? "" : "." + decimals)
    }

    /// The sign before decimals, where the numbers of the file are of one mind about it.
    private func learned() -> UInt8? {
        guard var table = try? CSVTable(source, required: []) else { return nil }
        var proven: Set<UInt8> = []
        // A row that cannot be read is told when it comes, and so is a file that ends there.
        while proven.count < 2, let item = try? table.next() {
            guard case .success(let row) = item else { continue }
            for column in columns {
                switch Reading(row[column]) {
                case .decimals(let sign), .grouped(let sign): proven.insert(sign)
                case .plain, .either: break
                }
            }
        }
        return proven.count == 1 ? proven.first : nil
    }

    /// What the signs in a number say.
    private enum Reading {
        /// There are none, or it is no number.
        case plain
        /// One that can only stand before decimals.
        case decimals(UInt8)
        /// One that may stand between thousands.
        case either(UInt8)
        /// One between thousands, and the other before decimals, or meant for them.
        case grouped(UInt8)

        init(_ cell: String) {
            let text = cell.utf8.first == UInt8(ascii: "-") ? cell.utf8.dropFirst() : cell.utf8[...]
            let used = text.filter { signs.contains($0) }
            let parts = text.split(omittingEmptySubsequences: false) { signs.contains($0) }
            let isNumber =
                text.contains { !signs.contains($0) } && parts.joined().allSatisfy { (0x30...0x39).contains($0) }
            guard isNumber, let first = used.first, let last = used.last else {
                self = .plain
                return
            }
            let isLikeThousands = (1...3).contains(parts[0].count) && parts[0].first != UInt8(ascii: "0")
            if used.count == 1 {
                self = isLikeThousands && parts[1].count == 3 ? .either(first) : .decimals(first)
                return
            }
            let groups = parts.dropFirst().dropLast(first == last ? 0 : 1)
            let isGrouped =
                isLikeThousands && groups.allSatisfy { $0.count == 3 } && used.dropLast().allSatisfy { $0 == first }
            guard isGrouped else {
                self = .plain
                return
            }
            self = .grouped(first == last ? first ^ UInt8(ascii: ",") ^ UInt8(ascii: ".") : last)
        }
    }
}
