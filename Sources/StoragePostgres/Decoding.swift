import CPostgres
import Persistence

extension QueryResult {
    /// The answer in the words both engines share. Everything is copied; the result can go.
    func rows() throws(StorageError) -> Rows {
        let width = PQnfields(pointer)
        let height = PQntuples(pointer)
        var kinds: [ColumnKind] = []
        kinds.reserveCapacity(Int(width))
        for column in 0..<width { kinds.append(try kind(of: column)) }
        var rows = columns.map { Rows($0) } ?? Rows(width: Int(width))
        rows.reserve(cells: Int(width) * Int(height), bytes: textSize(kinds, height))
        for row in 0..<height {
            for column in 0..<width { try decode(row, column, kinds[Int(column)], into: &rows) }
        }
        return rows
    }

    private func kind(of column: Int32) throws(StorageError) -> ColumnKind {
        let type = PQftype(pointer, column)
        if let kind = ColumnKind(type) { return kind }
        throw .statement("column \(name(of: column)) is of type \(ColumnKind.name(type)), which butik does not read")
    }

    func name(of column: Int32) -> String {
        PQfname(pointer, column).map { String(cString: $0) } ?? "\(column + 1)"
    }

    /// Counted first, so that the text buffer is allocated once and to size.
    private func textSize(_ kinds: [ColumnKind], _ height: Int32) -> Int {
        var size = 0
        for (column, kind) in kinds.enumerated() where kind == .text {
            for row in 0..<height { size += Int(PQgetlength(pointer, row, Int32(column))) }
        }
        return size
    }

    private func decode(
        _ row: Int32, _ column: Int32, _ kind: ColumnKind, into rows: inout Rows
    ) throws(StorageError) {
        guard PQgetisnull(pointer, row, column) == 0, let value = PQgetvalue(pointer, row, column) else {
            return rows.appendNull()
        }
        let bytes = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(pointer, row, column)))
        switch kind {
        case .text: rows.append(bytes)
        case .void: rows.appendNull()
        case .signed: rows.append(bytes.signedInteger)
        case .unsigned: rows.append(Int64(truncatingIfNeeded: bytes.bigEndianBits))
        case .numeric:
            guard let integer = bytes.wholeNumeric else {
                throw .statement("column \(name(of: column)) holds a number that is not a whole 64-bit integer")
            }
            rows.append(integer)
        }
    }
}

/// How a column's bytes are read, by the type the server gives it.
private enum ColumnKind {
    case signed, unsigned, text, numeric
    /// What a function without a result answers.
    case void

    /// Type numbers are fixed in Postgres' `pg_type.dat`.
    init?(_ type: Oid) {
        switch type {
        case 20, 21, 23: self = .signed
        // bool, oid, xid8
        case 16, 26, 5069: self = .unsigned
        // text, name, bpchar, varchar, json
        case 25, 19, 1042, 1043, 114: self = .text
        case 1700: self = .numeric
        case 2278: self = .void
        default: return nil
        }
    }

    static func name(_ type: Oid) -> String {
        let names: [Oid: String] = [
            17: "bytea", 18: "\"char\"", 700: "real", 701: "double precision", 1082: "date", 1083: "time",
            1114: "timestamp", 1184: "timestamptz", 1186: "interval", 2950: "uuid", 3802: "jsonb", 1009: "text[]",
            1016: "bigint[]", 2205: "regclass", 28: "xid", 869: "inet",
        ]
        return names[type] ?? "number \(type) in pg_type"
    }
}

extension UnsafeRawBufferPointer {
    /// All bytes as one number, the most significant first, as Postgres sends them.
    fileprivate var bigEndianBits: UInt64 {
        reduce(0) { $0 << 8 | UInt64($1) }
    }

    fileprivate var signedInteger: Int64 {
        switch count {
        case 8: Int64(bigEndian: loadUnaligned(as: Int64.self))
        case 4: Int64(Int32(bigEndian: loadUnaligned(as: Int32.self)))
        default: Int64(Int16(truncatingIfNeeded: bigEndianBits))
        }
    }

    private func short(_ index: Int) -> Int16 {
        Int16(bigEndian: loadUnaligned(fromByteOffset: index * 2, as: Int16.self))
    }

    /// Postgres' `numeric`: count, weight, sign and scale, then digits to the base 10,000. Sums of integers come so.
    fileprivate var wholeNumeric: Int64? {
        guard count >= 8, short(0) >= 0, count == 8 + 2 * Int(short(0)) else { return nil }
        let digits = Int(short(0))
        let weight = Int(short(1))
        let isNegative: Bool
        switch UInt16(bitPattern: short(2)) {
        case 0: isNegative = false
        case 0x4000: isNegative = true
        default: return nil
        }
        if digits == 0 { return 0 }
        // A first digit worth 10,000 to the fifth is past 64 bits, one worth less than 1 is a fraction.
        guard (0...4).contains(weight) else { return nil }
        // Gathered below zero, where there is room for Int64.min.
        var value: Int64 = 0
        for place in 0...weight {
            let digit = place < digits ? Int64(short(4 + place)) : 0
            let (product, tooBig) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, tooFar) = product.subtractingReportingOverflow(digit)
            if tooBig || tooFar { return nil }
            value = sum
        }
        for place in weight + 1..<Swift.max(digits, weight + 1) where short(4 + place) != 0 { return nil }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
