import Basics
import Resources

/// Our own format for moving: one product a line, as the wire shows it with names in the place of ids.
struct ButikJSONLReader: RecordReader {
    /// Longer than any product: a description may have a quarter of a megabyte.
    private static let lineBytesMax = 4 * 1_048_576

    private let read: () throws -> [UInt8]?
    private var buffer: ArraySlice<UInt8> = []
    private var number = 0
    private var records = 0

    init(_ source: ImportSource) throws {
        read = try source.open()
    }

    mutating func next() throws -> Result<ImportRecord, ImportFault>? {
        while let line = try line() {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            records += 1
            return Self.record(of: line, at: ImportPlace(record: records, line: number, header: 0))
        }
        return nil
    }

    private static func record(of line: [UInt8], at place: ImportPlace) -> Result<ImportRecord, ImportFault> {
        guard line.count <= lineBytesMax else {
            return .failure(ImportFault(place, "is longer than \(lineBytesMax) bytes"))
        }
        do throws(JSONParser.Failure) {
            guard case .object(let body) = try JSONParser.parse(line) else {
                return .failure(ImportFault(place, "is no JSON object"))
            }
            var record = ImportRecord(place, body.without(["price"]))
            // No price is not 0: a product that has one keeps it, unless it is said that it has none.
            record.mayLackPrice = body["price"]?.words == ButikCSV.unpriced
            if record.mayLackPrice { record.body.append("price", .null) }
            if let price = body["price"], price != .null, price != "", !record.mayLackPrice {
                record.body.append("price", price)
            }
            record.mayBeVariant = body["name"] == nil && body["stock_settings"] == nil
            return .success(record)
        } catch {
            return .failure(ImportFault(place, "\(error.reason) (at byte \(error.offset) of the line)"))
        }
    }

    /// The next line without its end. Of one that is too long only so much is kept as shows that it is.
    private mutating func line() throws -> [UInt8]? {
        var line: [UInt8] = []
        var hasBegun = false
        while true {
            if buffer.isEmpty {
                guard let piece = try read() else { return hasBegun ? line : nil }
                buffer = piece[...]
            }
            hasBegun = true
            let end = buffer.firstIndex(of: 10)
            let part = buffer[..<(end ?? buffer.endIndex)]
            line += part.prefix(Self.lineBytesMax + 1 - min(line.count, Self.lineBytesMax + 1))
            guard let end else {
                buffer = []
                continue
            }
            buffer = buffer[(end + 1)...]
            if number == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            return line
        }
    }
}
