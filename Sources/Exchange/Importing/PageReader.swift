import Basics
import Persistence
import Resources

/// Cuts what a reader gives into pages.
struct PageReader {
    static let recordsMax = 500

    private var reader: any RecordReader
    /// The record that did not fit into the page before.
    private var ahead: ImportRecord?

    let columns: FileColumns

    /// Also where there are only signs that nobody sees.
    private static let unnumbered = Problem.FieldError(
        "/own_id", "required", "is required: it is what a product is found again by")

    /// - Parameter skipping: records that were done before.
    init(_ reader: any RecordReader, skipping: Int = 0) throws {
        self.reader = reader
        columns = FileColumns(ofProducts: reader.columns, ofVariants: reader.variantColumns)
        for _ in 0..<skipping { _ = try self.reader.next() }
    }

    /// The next page. It has no own_id twice, be it a product's or a variant's, so that its rows do not depend on each other.
    mutating func next(atMost count: Int = recordsMax) throws -> ImportPage? {
        var page = ImportPage()
        var numbers: Set<ExactText> = []
        while page.count < count {
            if let record = ahead {
                ahead = nil
                numbers.formUnion(record.numbers)
                page.records.append(record)
                continue
            }
            switch try reader.next() {
            case nil: return page.count == 0 ? nil : page
            case .failure(let fault): page.faults.append(fault)
            case .success(let record):
                let record = record.keyed
                guard !record.ownID.isEmpty else {
                    page.faults.append(ImportFault(Self.unnumbered, of: record, columns))
                    continue
                }
                ahead = record
                if !numbers.isDisjoint(with: record.numbers) { return page }
            }
        }
        return page
    }
}

extension ImportRecord {
    /// The numbers of the product and of its variants.
    fileprivate var numbers: Set<ExactText> {
        var numbers: Set<ExactText> = [ExactText(ownID)]
        for case .object(let row) in body.list("stock_settings") {
            if let number = row["own_id"]?.words { numbers.insert(ExactText(number)) }
        }
        return numbers
    }
}
