/// Reads rows out of the script of an archive of Postgres: `COPY public.images (webshop_id, …) FROM stdin;`, a line a row with
/// tabs between its cells, and `\.` behind the last (documentation of `COPY`, "Text Format").
struct ArchiveRows {
    private var columns: [String]?

    /// - Returns: the cells that hold something, by the names of their columns; nil for a line that is no row. Escapes are
    ///   left as they are.
    mutating func read(_ line: Substring) -> [String: String]? {
        guard let columns else {
            if line.hasPrefix("COPY "), let open = line.firstIndex(of: "("), let close = line.firstIndex(of: ")") {
                self.columns = line[line.index(after: open)..<close].split(separator: ", ").map(String.init)
            }
            return nil
        }
        guard line != "\\." else {
            self.columns = nil
            return nil
        }
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        return Dictionary(zip(columns, cells).filter { $1 != "\\N" }) { first, _ in first }
    }
}
